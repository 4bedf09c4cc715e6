"""The errors that all connectors share."""

from airdock.errors import FlowError


def unavailable(name: str, reason: str) -> FlowError:
    """The service of a connection cannot be reached."""
    return FlowError("connector.unavailable", f"{name} cannot be reached: {reason}")


def refused(name: str, reason: str) -> FlowError:
    """The service of a connection does not take its credentials."""
    return FlowError("connector.refused", f"{name} refuses the caller: {reason}")


def missing(what: str, extra: str) -> FlowError:
    """A package is not installed."""
    return FlowError("connector.missing", f"{what} needs a package that is not here: pip install 'airdock[{extra}]'")
