"""Identify: what a track is, by the way it moves, and whose it is, by the standing rules and by people."""
