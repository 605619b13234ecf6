"""Tracks that begin where bearings of two sensors cross."""
