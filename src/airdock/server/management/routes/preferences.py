"""How the caller wants to work."""

from collections.abc import Sequence

from litestar import get, patch
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody
from msgspec import UNSET

from airdock.api.users import Preferences, PreferencesChange
from airdock.identity.permissions import Permission
from airdock.identity.records import Preferences as Stored
from airdock.server.management.bodies import decode
from airdock.server.management.operations import Access, operation
from airdock.server.management.parameters import Call
from airdock.server.management.parts import Parts

OWN = Access(Permission.ACCOUNT)


def preference_routes(parts: Parts) -> Sequence[HTTPRouteHandler]:
    """The caller's own preferences."""
    stored = parts.identity.preferences

    @get("/preferences", **operation("getPreferences", "users", "The caller's preferences", OWN))
    def get_preferences(request: Call) -> Preferences:
        return Preferences(auto_activate=stored.get(request.user.name).auto_activate)

    @patch(
        "/preferences",
        **operation("changePreferences", "users", "Change the caller's preferences", OWN, body=PreferencesChange),
    )
    def change_preferences(request: Call, body: RawBody) -> Preferences:
        given = decode(request, body, PreferencesChange)
        if given.auto_activate is not UNSET:
            stored.put(request.user.name, Stored(auto_activate=given.auto_activate))
        return Preferences(auto_activate=stored.get(request.user.name).auto_activate)

    return [get_preferences, change_preferences]
