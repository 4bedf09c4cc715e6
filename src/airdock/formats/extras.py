"""Libraries that only some installations have."""

from importlib import import_module
from typing import Any

from airdock.errors import DescriptorError, Place, Problem


def library(module: str, extra: str, place: Place) -> Any:
    """A module of a library that comes with an extra of Airdock.

    Raises:
        DescriptorError: `descriptor.extra`, it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        hint = f"install it: pip install 'airdock[{extra}]'"
        message = f"{extra!r} needs a library that is not installed ({error.name or module})"
        raise DescriptorError([Problem("descriptor.extra", message, place, hint)]) from error
