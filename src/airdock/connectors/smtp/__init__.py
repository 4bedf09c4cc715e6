"""Mail that goes out: the connection `smtp` and the step `mail`."""
