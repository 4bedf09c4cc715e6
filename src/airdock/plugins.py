"""The catalogue with what other packages add to it: step, connection and trigger types that register by entry point.

A package names them in its `pyproject.toml`; each is one class:

    [project.entry-points.airdock]
    weather = "airdock_weather:Weather"
"""

import logging
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from airdock import builtin
from airdock.errors import described
from airdock.spec.catalogue import Catalogue
from airdock.spec.connection import Connection
from airdock.spec.step import Step
from airdock.spec.trigger import Trigger

GROUP = "airdock"
"""The group of the entry points."""

log = logging.getLogger("airdock.plugins")


@cache
def catalogue() -> Catalogue:
    """The built-in types, and those of the packages that are installed beside Airdock.

    What cannot be loaded, is no such type, or takes a word that is taken, is left out with a warning: descriptors that
    need it are refused, and all others work.
    """
    own = builtin.catalogue()
    steps, connections, triggers = ([*types.entries.values()] for types in (own.steps, own.connections, own.triggers))
    words = {
        *(("step", word) for word in own.steps),
        *(("connection", word) for word in own.connections),
        *(("trigger", word) for word in own.triggers),
    }
    for entry in entry_points(group=GROUP):
        found = _loaded(entry)
        if found is None:
            continue
        key = _key(found)
        if key in words:
            log.warning("%s: there is a %s %r already", _origin(entry), *key)
            continue
        words.add(key)
        if issubclass(found, Step):
            steps.append(found)
        elif issubclass(found, Connection):
            connections.append(found)
        else:
            triggers.append(found)
    return Catalogue(steps, connections, triggers)


def _key(found: Any) -> tuple[str, str]:
    if issubclass(found, Trigger):
        return "trigger", found.trigger.lower()
    return "step" if issubclass(found, Step) else "connection", found.type.lower()


def _loaded(entry: EntryPoint) -> Any:
    try:
        found = entry.load()
    except Exception as error:  # noqa: BLE001 -- whatever another package does while it is imported
        log.warning("%s cannot be loaded: %s", _origin(entry), described(error))
        return None
    if not (isinstance(found, type) and issubclass(found, Step | Connection | Trigger)):
        log.warning("%s is no step, connection or trigger: %s", _origin(entry), entry.value)
        return None
    if not _key(found)[1]:
        log.warning("%s has no %s: it is the word in descriptors", _origin(entry), "`type` or `trigger`")
        return None
    return found


def _origin(entry: EntryPoint) -> str:
    package = f" of the package {entry.dist.name}" if entry.dist is not None else ""
    return f"the entry point {entry.name!r}{package}"
