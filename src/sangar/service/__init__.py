"""Composition of the commands: each joins adapters, pipeline and views, and reports what happened."""
