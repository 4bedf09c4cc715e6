"""The settings that the server runs with, secrets masked."""

import os
import re
from collections.abc import Sequence
from typing import Any

from litestar import get
from litestar.handlers import HTTPRouteHandler
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields
from sqlalchemy.engine import make_url

from airdock.api.settings import SettingInfo, SettingSource
from airdock.api.shapes import Page
from airdock.identity.permissions import Permission
from airdock.server.management.operations import Access, operation
from airdock.server.management.paging import Cursor, Limit, page_of
from airdock.server.management.parts import Parts
from airdock.server.settings import Settings, meta_of, variable_of

SECRET = frozenset({"secret_key", "oidc_client_secret"})
MASK = "***"


def settings_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """They are read only: a server is told its settings when it starts."""

    @get(
        "/settings",
        **operation("listSettings", "settings", "What the server was told", Access(Permission.SETTINGS_READ)),
    )
    def list_settings(limit: Limit = 50, cursor: Cursor = None) -> Page[SettingInfo]:
        found = (setting_info(parts.settings, field) for field in fields(Settings))
        return page_of(found, lambda setting: setting.name, limit, cursor)

    return [list_settings]


def setting_info(settings: Settings, field: FieldInfo) -> SettingInfo:
    """One setting."""
    return SettingInfo(
        name=field.name,
        value=shown_value(field.name, getattr(settings, field.name)),
        source=_source(field, getattr(settings, field.name)),
        variable=variable_of(field.name),
        description=meta_of(field.name).description or "",
    )


def shown_value(name: str, value: Any) -> str | None:
    """A value as the option would be written; nothing secret in it is shown."""
    if value is None or value == "":
        return None
    if name in SECRET:
        return MASK
    if name == "database_url":
        return make_url(value).render_as_string(hide_password=True)
    if name == "hub_url":
        return re.sub(r"//[^@,]*@", f"//{MASK}@", str(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(field: FieldInfo, value: Any) -> SettingSource:
    default = (
        field.default_factory() if field.default is NODEFAULT and callable(field.default_factory) else field.default
    )
    if value == default:
        return "default"
    return "environment" if os.environ.get(variable_of(field.name)) else "option"
