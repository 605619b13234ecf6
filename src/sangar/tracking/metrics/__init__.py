"""How good is the air picture: measures that compare tracks with the truth."""
