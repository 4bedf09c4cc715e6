"""The tokens that `airdock login` keeps: one per server, in a file that only its owner can read."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from airdock.cli.terminal import fail


class Credential(msgspec.Struct, rename="camel"):
    """A token for one server: whose it is, its id, when it ends, and whether it may travel unencrypted."""

    user: str
    token: str
    id: str = ""
    expires: datetime | None = None
    insecure: bool = False

    def __repr__(self) -> str:
        return f"Credential(user={self.user!r})"


class Credentials(msgspec.Struct):
    """Everything that is kept. `last` is the server of the last login."""

    last: str = ""
    servers: dict[str, Credential] = {}


def credentials_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where tokens are kept."""
    folder = environment.get("XDG_CONFIG_HOME", "")
    return (Path(folder) if Path(folder).is_absolute() else Path.home() / ".config") / "airdock" / "credentials.json"


def load_credentials() -> Credentials:
    """What is kept, empty when nothing is. Ends the program when the file cannot be used."""
    file = credentials_file()
    try:
        return msgspec.json.decode(file.read_bytes(), type=Credentials)
    except FileNotFoundError:
        return Credentials()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is damaged"
        fail(f"{file} cannot be read: {reason}", hint="Remove it and `airdock login` again.")


def save_credentials(credentials: Credentials) -> None:
    """Keeps the tokens, for the eyes of their owner. Ends the program when the file cannot be written."""
    file = credentials_file()
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(credentials), indent=2) + b"\n")
        fresh.replace(file)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        fail(f"{file} cannot be written: {error.strerror or error}")
