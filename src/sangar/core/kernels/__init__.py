"""Compiled code that more than one package needs to speak the core tables."""
