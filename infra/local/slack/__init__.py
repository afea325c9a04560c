"""A stand-in for Slack: its Web API, its signed requests and its page, on loopback, with nothing real behind them."""
