"""The journal: an append-only, hash-chained record of all that went into the step and came out."""
