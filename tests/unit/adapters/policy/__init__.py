"""Unit tests of the policy: what Cedar decides, and what is refused before it may decide anything."""
