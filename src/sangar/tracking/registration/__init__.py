"""Where sensors really stand and point: registration from reference flights."""
