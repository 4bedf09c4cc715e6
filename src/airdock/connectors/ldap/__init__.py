"""Directories: the connection and the step `ldap`."""
