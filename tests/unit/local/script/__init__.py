"""The scripted conversation's own parts: a check that cannot fail is none."""
