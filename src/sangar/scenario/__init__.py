"""The site file and the scenario file: what a user writes, as frozen settings."""
