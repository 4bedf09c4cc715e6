"""The secrets that a flow's protection names: one value on each line."""

from collections.abc import Callable
from secrets import token_hex

from airdock.errors import DescriptorError, Problem
from airdock.spec.protection import ApiKey, Basic, Signature

ReadSecret = Callable[[str], str | None]
"""The value of a secret by its name; None where there is none."""


def no_secrets(name: str) -> str | None:
    """Where there are no secrets."""
    return None


def assumed(name: str) -> str:
    """Where secrets are not at hand, as where a folder is only checked: each is taken to be there, with any value."""
    return f"{name}:{token_hex(16)}"


def lines_of(protected: Signature | ApiKey | Basic, read: ReadSecret) -> list[str]:
    """The lines of the secret that a protection names, without empty ones and spaces at their ends.

    Raises:
        DescriptorError: `descriptor.secret`, the secret is not there or has no line.
    """
    name = protected.secret
    value = read(name)
    lines = [line.strip() for line in (value or "").splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        state = f"there is no secret {name!r}" if value is None else f"the secret {name!r} is empty"
        raise secret_error(protected, f"{state}, so the flow is not enabled", f"airdock secrets set {name}")
    return lines


def pairs_of(protected: ApiKey | Basic, read: ReadSecret, *, named: bool) -> list[tuple[str, str]]:
    """The lines of a secret as names and values.

    Args:
        named: A line without a colon is none; else it is a value, whose name is the secret's.

    Raises:
        DescriptorError: `descriptor.secret`.
    """
    pairs = []
    for number, line in enumerate(lines_of(protected, read), 1):
        name, colon, value = line.partition(":")
        if not colon and not named:
            name, value = protected.secret, line
        if not value.strip() or not name.strip():
            form = "user:password" if named else "name:key, or a key alone"
            message = f"line {number} of the secret {protected.secret!r} is not written as {form}"
            raise secret_error(protected, message, f"airdock secrets set {protected.secret}")
        pairs.append((name.strip(), value.strip()))
    return pairs


def secret_error(protected: Signature | ApiKey | Basic, message: str, hint: str) -> DescriptorError:
    """The error of a secret that cannot be used; neither text has anything of its value."""
    return DescriptorError([Problem("descriptor.secret", message, protected.place_of("secret"), hint)])
