"""What people read: rendering, held to Slack's rules."""
