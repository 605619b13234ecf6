"""Tracks of other trackers, used without counting twice."""
