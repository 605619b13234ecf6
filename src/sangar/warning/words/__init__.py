"""Alerts and their words: what is said to whom, in which language, in which mode. Pure Python, off the hot path."""
