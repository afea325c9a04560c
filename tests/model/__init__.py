"""Random histories of people, time and faults against a small model of what must come of them."""
