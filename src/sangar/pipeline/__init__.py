"""The pipeline: the one compiled step that live, exercise, replay and study share, and the ports around it."""
