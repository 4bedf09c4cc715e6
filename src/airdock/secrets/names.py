"""What a secret may be called, and what its environment variable is called."""

import re

from airdock.secrets.errors import SecretsError

PREFIX = "AIRDOCK_SECRET_"
"""What the environment variable of a secret begins with."""
RESERVED = "AIRDOCK_SECRET_KEY"
"""The variable of the setting `secret_key`; so no secret is called `key`."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
_TO_VARIABLE = str.maketrans(".-", "__")


def is_name(text: str) -> bool:
    """Whether a secret can be called so."""
    return _NAME.fullmatch(text) is not None and variable_of(text) != RESERVED


def check_name(text: str) -> None:
    """
    Raises:
        SecretsError: `secrets.name`, no secret can be called so.
    """
    if is_name(text):
        return
    if text.lower() == "key":
        raise SecretsError("secrets.name", f"a secret cannot be called {text!r}: {RESERVED} holds the encryption key")
    allowed = "a letter, then letters, digits, '_', '.' and '-', 100 characters at most"
    raise SecretsError("secrets.name", f"a secret cannot be called {text[:120]!r}: its name is {allowed}")


def variable_of(name: str) -> str:
    """The environment variable of a secret: `AIRDOCK_SECRET_SHOP_TOKEN` for `shop.token`."""
    return PREFIX + name.translate(_TO_VARIABLE).upper()
