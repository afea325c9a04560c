"""The Slack stand-in: its rules, its Web API, its signed requests, its page's server side."""
