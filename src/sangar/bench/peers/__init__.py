"""The trackers Sangar is measured beside: two yardsticks in plain NumPy, and Stone Soup."""
