"""What it costs does not depend on how much there is."""
