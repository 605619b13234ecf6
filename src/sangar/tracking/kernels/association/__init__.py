"""Whose a detection is: what may be used, what stands near, and the most likely pairing of all."""
