"""Many people at the same moment, in processes of their own."""
