"""The Slack app: its manifest, made from the code it belongs to."""
