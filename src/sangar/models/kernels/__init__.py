"""The models as compiled scalar functions."""
