"""Reports that come after newer ones."""
