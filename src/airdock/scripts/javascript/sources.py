"""The JavaScript that comes with Airdock: the prelude of every context, and the built-in modules."""

import json
from functools import cache
from itertools import accumulate
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
    return _compact(_FOLDER / "core.js") + "()"


@cache
def sections() -> tuple[str, str]:
    """What the prelude evaluates when a script first needs it: sources with a NUL behind each, and as JSON text where
    each begins, by its name. The engine finds a name in a JSON object sooner than in a text of this size."""
    files = {file.stem: file for file in sorted(_FOLDER.glob("sections/*.js"))}
    for module in BUILTIN:
        files |= {f"{module}/{file.stem}": file for file in sorted(_FOLDER.glob(f"builtin/{module}/*.js"))}
    sources = [_compact(file) + "\0" for file in files.values()]
    starts = accumulate(map(len, sources), initial=0)
    return "".join(sources), json.dumps(dict(zip(files, starts, strict=False)), separators=(",", ":"))


@cache
def builtin(name: str) -> dict[str, Any]:
    """A built-in module as the prelude's table of modules has it: its functions by file, and what else it exports."""
    made = json.loads((_FOLDER / "builtin" / f"{name}.json").read_text("utf-8"))
    return {"functions": made["functions"], "exports": made.get("constants", {})}


def _compact(file: Path) -> str:
    """The function that a file holds in parentheses, without comments of whole lines and indentation.

    It is parsed in every run, and the engine reads what stands in parentheses twice: it looks for an arrow behind them.
    """
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith("//"))
    return '"use strict";0,' + text.removeprefix("(").removesuffix(")")
