"""Connectors: what reaches external services. A folder for each, with its connection, steps and triggers."""
