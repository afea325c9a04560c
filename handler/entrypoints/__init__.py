"""Where processes begin: the worker function and the operator's command line."""
