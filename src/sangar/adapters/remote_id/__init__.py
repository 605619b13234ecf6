"""Broadcast Remote ID of drones (ASTM F3411), as captures hold it: claims, not detections."""
