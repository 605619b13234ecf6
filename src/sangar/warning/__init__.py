"""Warn: which zone is told what, when, and when it is over. Its own decision, never a by-product of identity."""
