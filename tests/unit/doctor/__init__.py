"""The doctor: one healthy deployment, and everything that may be wrong with it."""
