"""Models of motion, measurement and geometry: functions without state."""
