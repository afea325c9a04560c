"""Workers that are killed, neighbours that fail, deliveries that come more than once."""
