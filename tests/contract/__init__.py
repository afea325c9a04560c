"""Contract suites: one suite for each port, run over the fake and every real subject."""
