"""Jinja for texts that messages fill in: bounded in time and size, and without a way to anything but the message."""
