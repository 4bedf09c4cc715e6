"""Files in a folder that cannot be left: the connection and the step `file`."""
