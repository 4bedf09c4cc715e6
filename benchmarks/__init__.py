"""Measures Airdock against the same services written by hand and against the bare server. `make bench` runs it."""
