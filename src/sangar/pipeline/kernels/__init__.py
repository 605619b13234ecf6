"""Compiled code of this package."""
