"""What a secret's value may be."""

from airdock.secrets.errors import SecretsError

LARGEST = 64 * 1024
"""Bytes of a value."""


def check_value(value: str) -> None:
    """
    Raises:
        SecretsError: `secrets.value`, no secret can have this value.
    """
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        # Without the cause, as that one holds the text.
        raise SecretsError("secrets.value", "the value is no text that UTF-8 can write") from None
    if not value or size > LARGEST:
        reason = f"has more than {LARGEST} bytes" if value else "is empty"
        raise SecretsError("secrets.value", f"the value {reason}")


def value_of(content: bytes) -> str:
    """The value in a file or a pipe: without one newline at the end, as these end with one that is no part of it.

    Raises:
        SecretsError: `secrets.value`, it is no text, empty or too large.
    """
    try:
        value = content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SecretsError("secrets.value", "the value is no UTF-8 text") from None
    check_value(value)
    return value
