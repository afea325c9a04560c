"""Unit tests of the Data Flow client: what the simulator cannot be made to do."""
