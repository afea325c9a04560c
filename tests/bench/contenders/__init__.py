"""The handlers that the public door is measured beside."""
