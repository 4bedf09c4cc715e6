"""The JavaScript that comes with Airdock: the prelude of every context, and the built-in modules."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("runtime")
BUILTIN = ("core/context", "net/http/request", "net/http/response", "service/messaging")
"""Names for `require`."""

MESSAGING = "service/messaging"
"""The module whose functions call the host."""


@cache
def prelude() -> str:
    """Evaluated first in every context; its value is the function that runs a script."""
    return _compact(_FOLDER / "core.js")


@cache
def sections() -> str:
    """What the prelude evaluates when a script first needs it: a JSON object of sources by name."""
    texts = {file.stem: _compact(file) for file in sorted(_FOLDER.glob("sections/*.js"))}
    return json.dumps(texts)


@cache
def builtin(name: str) -> dict[str, Any]:
    """A built-in module as the prelude's table of modules has it: its source, and values that it exports besides."""
    file = _FOLDER / "builtin" / f"{name}.js"
    values = file.with_suffix(".json")
    exports = json.loads(values.read_text("utf-8")) if values.exists() else {}
    return {"source": _compact(file), "line": 0, "host": True, "exports": exports}


def _compact(file: Path) -> str:
    """The source without comments of whole lines and indentation: it is parsed in every run."""
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
