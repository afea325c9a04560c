"""Unit tests of the adapters: what a vendor does that no emulator can be made to do."""
