"""Engage, in simulation only: options, a person's consent, the shot, its end. No real effector can be reached."""
