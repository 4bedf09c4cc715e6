"""Lint: what is most likely a mistake in descriptors that are valid.

Each rule is a file of `rules`, its code is declared in `airdock.codes.lint`, and a comment in the file can silence it.
"""

from airdock.lint.landscape import Landscape
from airdock.lint.linting import Choice, lint
from airdock.lint.subject import Finding, Subject

__all__ = ["Choice", "Finding", "Landscape", "Subject", "lint"]
