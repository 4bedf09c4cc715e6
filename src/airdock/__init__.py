"""Airdock runs integration services from descriptors: flows, jobs and listeners."""

from airdock.errors import FlowError

__all__ = ["FlowError", "__version__"]

__version__ = "0.1.0"
