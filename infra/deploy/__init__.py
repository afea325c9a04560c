"""Deploying to a real account: what can go wrong is looked for first, and what to do next is said at the end."""
