"""The simulation as compiled scalar loops, with its own counter-based random numbers."""
