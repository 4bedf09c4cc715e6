"""Mail that comes in: the connection `imap` and the trigger `imap`."""
