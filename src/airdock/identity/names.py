"""Which names users, services, roles, projects and tokens may have."""

import re
import unicodedata
from collections.abc import Iterable

from airdock.identity.errors import IdentityError

LONGEST_NAME = 64
LONGEST_TEXT = 200
"""Of a role, a display name, an e-mail address, the label of a token."""
MOST_ROLES = 200
LOCAL_NAME = "local"
"""The person at this machine while there is no user; nobody else has this name."""

# Safe as it is as a part of a path (`/services/flow-sandbox/<user>/`), in file systems without case, and in a log.
_NAME = re.compile(rf"[a-z0-9](?:[a-z0-9._@-]{{0,{LONGEST_NAME - 2}}}[a-z0-9])?")
_UNSAFE = re.compile(r"[^a-z0-9._@]+")
_DOTS = re.compile(r"\.{2,}")


def is_name(text: str) -> bool:
    """Whether a user or a service may have this name; names are compared exactly."""
    return _NAME.fullmatch(text) is not None and ".." not in text and text != LOCAL_NAME


def check_name(text: str) -> str:
    """The name of a user or a service.

    Raises:
        IdentityError: `identity.name`
    """
    if is_name(text):
        return text
    if text == LOCAL_NAME:
        raise IdentityError("identity.name", f"{LOCAL_NAME!r} is the name of the person at the machine: take another")
    raise IdentityError(
        "identity.name",
        f"{shown(text)} cannot be a name: 1 to {LONGEST_NAME} of the characters a-z 0-9 . _ - @, the first and the last"
        " of them a letter or a digit, and no two dots in a row",
    )


def safe_name(text: str) -> str:
    """The allowed name nearest to a text from elsewhere, `Zoë Müller` → `zoe-muller`; `user` where nothing is left."""
    if is_name(text):
        return text
    plain = unicodedata.normalize("NFKD", text[:1000]).encode("ascii", "ignore").decode().lower()
    name = _DOTS.sub(".", _UNSAFE.sub("-", plain)).strip("._@-")[:LONGEST_NAME].strip("._@-")
    return name if is_name(name) else "user"


def numbered(name: str, number: int) -> str:
    """The name with a number behind it, still an allowed one: `ann-2`."""
    ending = f"-{number}"
    return name[: LONGEST_NAME - len(ending)].rstrip("._@-") + ending


def check_roles(roles: Iterable[str]) -> frozenset[str]:
    """Roles: the built-in ones, and any others that flows ask for.

    Raises:
        IdentityError: `identity.role`
    """
    found = frozenset(roles)
    for role in found:
        if not is_plain(role):
            message = f"{shown(role)} cannot be a role: 1 to {LONGEST_TEXT} visible characters, no space at an end"
            raise IdentityError("identity.role", message)
    if len(found) > MOST_ROLES:
        raise IdentityError("identity.role", f"nobody has more than {MOST_ROLES} roles")
    return found


def check_text(what: str, text: str, *, empty: bool = True) -> str:
    """A line of text, such as a display name.

    Raises:
        IdentityError: `identity.value`
    """
    if is_plain(text) or (empty and not text):
        return text
    raise IdentityError("identity.value", f"{what}: at most {LONGEST_TEXT} visible characters, no space at an end")


def check_project(name: str) -> str:
    """The name of a project, as far as it matters here.

    Raises:
        IdentityError: `identity.value`
    """
    if is_plain(name) and "/" not in name:
        return name
    raise IdentityError("identity.value", f"{shown(name)} cannot be the name of a project")


def is_plain(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TEXT and text.isprintable() and text == text.strip()


def shown(text: str) -> str:
    """A text that somebody typed, for a message: short, and with nothing that disturbs a terminal."""
    return repr(text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…")
