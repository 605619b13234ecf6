"""Sensors against each other: biases learnt and removed, wrong sensors left out and put right."""
