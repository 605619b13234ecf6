"""Track: detections of many sensors become one air picture."""
