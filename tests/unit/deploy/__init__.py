"""What is decided before and after a deploy, on plain values."""
