"""How a body moves and what a detection makes of it: flown and thrown, predicted, corrected, weighed."""
