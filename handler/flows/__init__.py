"""The stories: gather, decide, apply. A flow returns an Outcome and never speaks to Slack."""
