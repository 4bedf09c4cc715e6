"""Formatting of descriptors: `airdock fmt`. The layout changes, and never what a text says."""

from airdock.formatting.formatting import Formatter

__all__ = ["Formatter"]
