"""Recordings of ADS-B as receivers and archives write them (JSON): claims, not detections."""
