"""The lines that `airdock run` prints: plain text, with colours on a terminal."""

import os
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from airdock.agent.artefact import Artefact, Change
from airdock.agent.hints import ITSELF
from airdock.database import Database
from airdock.server.exposure import is_this_machine
from airdock.server.ports import url_of
from airdock.server.settings import Settings

_MOST = 50
_SHOWN = 20
_KINDS = ("flow", "job", "listener")
_STARTED = {"job": "runs on its schedule", "listener": "runs when something arrives"}
_COLOURS = {"enabled": "32", "failed": "31", "valid": "36"}


def start_lines(settings: Settings, artefacts: list[Artefact], version: str) -> Iterator[str]:
    """Everything that is printed once the server answers."""
    base = url_of(settings.host, settings.port) + settings.root_path
    yield f"Airdock {version} serves {_served(settings)}"
    yield f"  flows       {base}/services/flow/"
    if settings.management_port:
        management = url_of(settings.management_host, settings.management_port) + settings.root_path
        local = "  (this machine only)" if is_this_machine(settings.management_host) else ""
        yield f"  management  {management}/{local}"
    yield ""
    shown = [artefact for artefact in artefacts if artefact.kind in _KINDS or artefact.problems]
    if not shown:
        yield from _nothing_yet(settings)
    else:
        yield from _table(shown, base)
        yield from _project_itself(shown, settings)
        yield from _try(shown, base)
    followed = settings.dev or settings.folder is None
    yield "Changes are followed. Press Ctrl-C to stop." if followed else "Press Ctrl-C to stop."


def change_lines(change: Change, clock: str, file: Path, *, in_use: bool = True) -> Iterator[str]:
    """What became of a changed file: `14:02:11 changed orders/hello.flow → enabled in 12 ms`.

    `in_use` tells of a script that no flow fails for it.
    """
    artefact = change.artefact
    head = f"{clock} {change.what} {_clean(change.path)}"
    if artefact is None:
        yield f"{head} → scripts use it from now on" if change.what != "removed" and in_use else head
        return
    if artefact.state != "failed":
        yield f"{head} → {_coloured(artefact.state)}{_taken(artefact, file)}"
        return
    kept = " (the last working version stays)" if artefact.serves else ""
    yield f"{head} → {_coloured('failed')}{kept}"
    yield from _problems(artefact)


def _served(settings: Settings) -> str:
    if settings.folder is not None:
        return str(settings.folder)
    return f"the repository in {Database(settings.home, settings.database_url).name}"


def _nothing_yet(settings: Settings) -> Iterator[str]:
    if settings.folder is None:
        yield "Nothing is published yet. These two commands make a project and publish it:"
        yield "  airdock new hello"
        yield f'  airdock publish hello -m "The first release"{_server(settings)}'
        yield "`airdock run .` serves the projects of a folder instead."
        yield ""
        return
    yield "There are no flows here yet. `airdock new --list` lists templates; this makes a project from the first one:"
    yield f"  airdock new hello --dir {shlex.quote(str(settings.folder))}"
    yield "" if settings.dev else "Then start this again, or use --dev to follow changes.\n"


def _server(settings: Settings) -> str:
    if settings.management_port in (0, 8081):
        return ""
    return f" --server {url_of(settings.management_host, settings.management_port)}{settings.root_path}"


def _table(artefacts: list[Artefact], base: str) -> Iterator[str]:
    listed = artefacts if len(artefacts) <= _MOST else _shortened(artefacts)
    width = max(len(_clean(artefact.path)) for artefact in listed)
    for artefact in listed:
        state = _coloured(f"{artefact.state:<7}", artefact.state)
        yield f"  {_clean(artefact.path):<{width}}  {state}  {_where(artefact, base)}".rstrip()
        for address in artefact.addresses[1:]:
            yield f"  {'':<{width}}           {_indent(artefact)}{base}{_encoded(address)}"
        yield from _problems(artefact)
    if len(listed) < len(artefacts):
        counts = Counter(artefact.state for artefact in artefacts)
        yield "  … in all " + ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    yield ""


def _shortened(artefacts: list[Artefact]) -> list[Artefact]:
    """What went wrong first, and a few of those that work."""
    failed = [artefact for artefact in artefacts if artefact.state == "failed"]
    others = [artefact for artefact in artefacts if artefact.state != "failed"]
    return failed[:_SHOWN] + others[:_SHOWN]


def _where(artefact: Artefact, base: str) -> str:
    release = "" if artefact.release is None else f"release {artefact.release:<3}  "
    if artefact.kind in _STARTED and artefact.state == "enabled":
        return f"{release}{_STARTED[artefact.kind]}"
    return f"{release}{base}{_encoded(artefact.addresses[0])}" if artefact.addresses else release


def _indent(artefact: Artefact) -> str:
    return "" if artefact.release is None else " " * len(f"release {artefact.release:<3}  ")


def _problems(artefact: Artefact) -> Iterator[str]:
    for problem in artefact.problems:
        yield f"      {_clean(str(problem))}"


def _try(artefacts: Iterable[Artefact], base: str) -> Iterator[str]:
    """Commands to copy: flows that answer a plain GET first; `curl` opens no WebSockets."""
    working = [each for each in artefacts if each.state == "enabled" and each.addresses and not each.upgrades]
    for artefact in sorted(working, key=lambda artefact: bool(_option(artefact)))[:3]:
        yield f"Try: curl {_option(artefact)}{base}{_encoded(artefact.addresses[0])}"


def _option(artefact: Artefact) -> str:
    """What `curl` needs to be told for a flow that does not answer GET."""
    return f"-X {artefact.methods[0]} " if artefact.methods and "GET" not in artefact.methods else ""


def _project_itself(artefacts: Iterable[Artefact], settings: Settings) -> Iterator[str]:
    if settings.folder is None:
        return
    if any(problem.hint == ITSELF for artefact in artefacts for problem in artefact.problems):
        yield f"{_clean(settings.folder.name)} is a project. Serve the folder that it stands in:"
        yield f"  airdock run {shlex.quote(_clean(str(settings.folder.parent)))}"
        yield ""


def _taken(artefact: Artefact, file: Path) -> str:
    """How long after it was saved the file was in force; nothing where its time of change does not tell."""
    try:
        seconds = artefact.since - file.stat().st_mtime
    except OSError:
        return ""
    return f" in {seconds * 1000:.0f} ms" if 0 <= seconds < 5 else ""


def _encoded(address: str) -> str:
    """An address as it is typed; the braces of parameters stay readable."""
    return quote(address, safe="/{}")


def _coloured(text: str, state: str = "") -> str:
    colour = _COLOURS.get(state or text)
    return f"\x1b[{colour}m{text}\x1b[0m" if colour and sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


def _clean(text: str) -> str:
    """File names and the texts of problems may hold anything; a terminal gets what is printable."""
    return "".join(character if character.isprintable() else "?" for character in text)
