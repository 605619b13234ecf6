"""Assess: where and when a track will hit or arrive, and who is in danger."""
