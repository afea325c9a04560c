"""The deployed code of Sluice."""
