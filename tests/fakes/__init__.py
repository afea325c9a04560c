"""Fakes of the ports, one module each: they remember what happened, and keep the same contract suites."""
