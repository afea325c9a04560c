"""The Data Flow simulator: what it holds, answers and refuses."""
