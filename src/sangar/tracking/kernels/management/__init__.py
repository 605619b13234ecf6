"""Track management: begun, believed, given up, found again; one body, one track, one number."""
