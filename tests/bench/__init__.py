"""Benchmarks: what the product promises about time, measured beside what it is compared with."""
