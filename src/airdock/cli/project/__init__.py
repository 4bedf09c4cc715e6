"""A project in a folder of this machine, and what the commands that send and fetch it share."""
