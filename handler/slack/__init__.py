"""Slack both ways: payloads in, messages out; nothing here talks to the network."""
