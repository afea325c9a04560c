"""The public door: verifies, acknowledges and hands over what Slack sends. Standard library only."""
