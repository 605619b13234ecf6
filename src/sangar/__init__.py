"""Sangar: sense, track, identify, assess and warn over a site, from the defender's side."""

__version__ = "0.1.0"
