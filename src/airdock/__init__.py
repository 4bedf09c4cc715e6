"""Airdock runs integration services from descriptors: flows, jobs and listeners."""

__version__ = "0.1.0"
