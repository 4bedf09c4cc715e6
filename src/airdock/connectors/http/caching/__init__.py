"""Answers that are kept and used again, as RFC 9111 says."""
