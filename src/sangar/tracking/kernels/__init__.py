"""Compiled code of the tracker: `track` leads through one batch, the folders hold its parts."""
