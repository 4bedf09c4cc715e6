"""Serving flows: processes, ports, the management application, metrics."""

from typing import TYPE_CHECKING, Any

from airdock.server.setting_values import SettingsError
from airdock.server.settings import Settings, load_settings

if TYPE_CHECKING:
    from airdock.server.asgi import FolderApp, asgi_app

__all__ = ["FolderApp", "Settings", "SettingsError", "asgi_app", "load_settings"]


def __getattr__(name: str) -> Any:
    # The parent process of a server needs the settings, and not what serving needs.
    if name in ("FolderApp", "asgi_app"):
        from airdock.server import asgi

        return getattr(asgi, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
