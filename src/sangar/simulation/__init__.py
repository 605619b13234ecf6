"""Truth, simulated sensors and simulated effectors: a raid that never happened, the same every time for one seed."""
