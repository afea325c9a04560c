"""Everything that knows a vendor: each adapter keeps one port of ``handler.ports``."""
