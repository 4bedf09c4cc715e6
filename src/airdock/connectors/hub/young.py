"""Since when a subscription of a topic is."""

YOUNG = 60.0
"""Seconds: a topic that was made so shortly before a client subscribed it gets whole. While a server starts, flows may
send before listeners listen."""
