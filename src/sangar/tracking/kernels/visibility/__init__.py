"""What sensors have seen of a track, and what they looked at and did not see."""
