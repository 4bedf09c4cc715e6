"""Users and their preferences."""

from typing import Annotated

import msgspec
from msgspec import Meta

from airdock.api.shapes import RequestBody, ResponseBody, Time


class User(ResponseBody, kw_only=True):
    """A person with an account.

    Attributes:
        roles: `administrator`, `publisher`, `developer`, `operator`, `viewer`, and others that flows ask for.
        disabled: Cannot sign in, and no token of theirs works.
        last_seen: Accurate to a minute; null for never.
        external: Signs in at the OpenID Connect provider. has_password: Can sign in with a password.
    """

    name: str
    display_name: str = ""
    email: str = ""
    roles: list[str] = []
    disabled: bool = False
    created: Time
    last_seen: Time | None = None
    external: bool = False
    has_password: bool = False


class NewUser(RequestBody, kw_only=True):
    """A user to be made. Without a password they sign in at the OpenID Connect provider, or not at all."""

    name: Annotated[str, Meta(examples=["ann"])]
    password: str | None = None
    display_name: str = ""
    email: str = ""
    roles: Annotated[list[str], Meta(examples=[["developer"]])] = []


class UserChange(RequestBody, kw_only=True):
    """What is to be changed; what is left out stays."""

    display_name: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType = msgspec.UNSET
    roles: list[str] | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET


class NewPassword(RequestBody, kw_only=True):
    """A password to be set. `current` must be given by whoever changes their own."""

    password: str
    current: str | None = None


class Preferences(ResponseBody, kw_only=True):
    """How a user wants to work. `auto_activate`: what is saved is activated at once, if it has no problems."""

    auto_activate: bool = False


class PreferencesChange(RequestBody, kw_only=True):
    """What is to be changed; what is left out stays."""

    auto_activate: bool | msgspec.UnsetType = msgspec.UNSET
