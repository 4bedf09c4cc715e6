"""The short texts of a drawing."""

import json
from typing import Any

from airdock.spec.fields import Spec
from airdock.spec.step import ProducingStep, Step

LONGEST = 40
"""Characters of a line."""

MOST_LINES = 4
_UNSAID = frozenset(("name", "description"))
_BARE = frozenset(("when", "on", "expression"))
"""Fields whose values speak for themselves."""


def lines_of(step: type[Step], written: dict[str, Any], without: frozenset[str]) -> tuple[str, ...]:
    """What a step is set to: a line per field that the author wrote; a single field of its own without its name."""
    # The fields of a template are those that its user writes.
    fields = step.fields if step.type else [name for name in written if name != "type"]
    own = [name for name in fields if name not in Step.fields and name not in without and name in written]
    own.sort(key=lambda name: name in ProducingStep.fields)
    common = [name for name in Step.fields if name in written and name not in _UNSAID]
    lines = [_text(written[own[0]])] if len(own) == 1 else [f"{name}: {_text(written[name])}" for name in own]
    lines += [f"{name}: {_text(written[name])}" for name in common]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"… {len(lines) - MOST_LINES + 1} more"]
    return tuple(cut(line) for line in lines)


def branch_label(spec: type[Spec], value: dict[str, Any], field: str, without: frozenset[str]) -> str:
    """When a branch runs: `name = Joe`, `body.amount > 100`, `catch order.*`."""
    said = {name: value[name] for name in spec.fields if name in value and name not in without | _UNSAID}
    if "key" in said and "value" in said:
        key, wanted = said.pop("key"), said.pop("value")
        said = {f"{key} =": wanted, **said}
    parts = [_text(each) if name in _BARE else f"{name} {_text(each)}" for name, each in said.items()]
    if not parts and value.get("name"):
        parts = [str(value["name"])]
    # The word in the plural names the list, not one of it.
    head = [] if parts and field.endswith("s") else [field]
    return cut(" ".join([*head, ", ".join(parts)]).strip())


def cut(text: str, length: int = LONGEST) -> str:
    """A text on one line of at most `length` characters, without what cannot be printed."""
    line = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    return line if len(line) <= length else line[: length - 1] + "…"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(each)}" for name, each in value.items()) or "{}"
    return json.dumps(value, ensure_ascii=False)
