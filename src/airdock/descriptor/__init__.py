"""Reads descriptors: JSON or YAML text into models, with line, column and path of everything that is wrong."""

from airdock.descriptor.reader import Limits, Reader, kind_of

__all__ = ["Limits", "Reader", "kind_of"]
