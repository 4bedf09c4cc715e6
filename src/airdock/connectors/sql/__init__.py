"""Databases by SQL."""
