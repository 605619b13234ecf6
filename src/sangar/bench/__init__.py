"""Measure Sangar beside other trackers, on the same scenes, in the same run."""
