"""The reference pages, in Markdown, made from the declarations."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from airdock.codes import CODES, LINT, ErrorCode, LintCode
from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.connection import Connection
from airdock.spec.descriptors import DESCRIPTORS
from airdock.spec.fields import Alternatives, Field, Spec
from airdock.spec.kinds import Kind
from airdock.spec.step import ProducingStep, Step
from airdock.spec.trigger import Trigger
from airdock.spec.words import describe, prose, summary
from airdock.spec.written import written

__all__ = [
    "catalogue_page",
    "codes_page",
    "common_page",
    "connection_page",
    "descriptor_page",
    "lint_page",
    "step_page",
    "summary",
    "trigger_page",
    "words_page",
]

_LINT = """\
What `airdock check` finds in descriptors that are valid. A warning is most likely a mistake, a hint may be one. Neither
refuses a descriptor; with `--strict` a warning fails the check.

A comment silences a rule on its line or, where it stands alone, on the line below: `// airdock: ignore CODE` in JSON
and JavaScript, `# airdock: ignore CODE` in YAML and Python. Several codes may follow each other; what stands behind
` -- ` is for people. The setting `lint` of a [project](descriptors/project.md) silences rules in all of its files, or
asks those that are off by default; so do `--ignore` and `--enable`."""

_HEAD = "| field | value | default | meaning |\n|---|---|---|---|\n"


def step_page(step: type[Step]) -> str:
    """The page of a step: its prose, its own fields, the fields of what stands in it, an example."""
    own = _own(step)
    parts = [f"# `{step.type}`", prose(step)]
    parts += ["## Fields", _table(own)] if own else []
    seen: set[type[Spec]] = {step}
    parts += _inner(own, seen)
    if step.alternatives is not None:
        parts += _alternatives(step.alternatives, seen)
    parts.append(f"Every step also has {', '.join(f'`{name}`' for name in Step.fields)}.")
    parts += _shown(_example(step))
    return "\n\n".join(parts) + "\n"


def common_page() -> str:
    """The page of the fields that every step has."""
    parts = ["# Fields of every step", _table(Step.fields), *_inner(Step.fields, seen={Step})]
    return "\n\n".join(parts) + "\n"


def descriptor_page(kind: str) -> str:
    """The page of a kind of descriptor: `"flow"`, `"job"`, `"listener"`, `"connection"`, `"access"`, `"project"`.

    Raises:
        KeyError: there is no such kind.
    """
    spec = DESCRIPTORS[kind]
    parts = [f"# {kind.capitalize()}", prose(spec), "## Fields", _table(spec.fields), *_inner(spec.fields, seen={spec})]
    return "\n\n".join(parts) + "\n"


def connection_page(connection: type[Connection]) -> str:
    """The page of a type of connection: its prose, its fields, an example, what installs it."""
    parts = [f"# `{connection.type}` connection", prose(connection), *_install(connection.requires)]
    parts += ["## Fields", _table(connection.fields), *_inner(connection.fields, seen={connection})]
    return "\n\n".join([*parts, *_shown(connection.example)]) + "\n"


def trigger_page(trigger: type[Trigger]) -> str:
    """The page of a trigger: its prose, its `params`, an example, what installs it."""
    parts = [f"# `{trigger.trigger}` trigger", prose(trigger), *_install(trigger.requires)]
    parts += ["## `params`", _table(trigger.fields), *_inner(trigger.fields, seen={trigger})] if trigger.fields else []
    return "\n\n".join([*parts, *_shown(trigger.example)]) + "\n"


def words_page(title: str, types: Mapping[str, type[Spec]]) -> str:
    """The page that lists types of connections, or triggers, by their word."""
    rows = [f"| [`{word}`]({word}.md) | {_cell(summary(each))} |" for word, each in types.items()]
    return f"# {title}\n\n| type | what it is |\n|---|---|\n" + "\n".join(rows) + "\n"


def _install(extra: str) -> list[str]:
    return [f"Needs the extra `airdock[{extra}]`."] if extra else []


def _shown(example: dict[str, Any] | None) -> list[str]:
    return ["## Example", _code(example)] if example else []


def catalogue_page(catalogue: Catalogue, link: str = "{}.md") -> str:
    """The page that lists the steps by group; `link` makes the address of a step's page from its type."""
    groups: dict[str, list[type[Step]]] = {}
    for step in catalogue:
        groups.setdefault(step.group, []).append(step)
    parts = ["# Steps"]
    for group, steps in groups.items():
        rows = [f"| [`{step.type}`]({link.format(step.type)}) | {_cell(summary(step))} |" for step in steps]
        parts += [f"## {group.capitalize()}", "| type | what it does |\n|---|---|\n" + "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def codes_page(codes: dict[str, ErrorCode] | None = None) -> str:
    """The page of the error codes, by area."""
    areas: dict[str, list[ErrorCode]] = {}
    for code in (CODES if codes is None else codes).values():
        areas.setdefault(code.code.split(".")[0], []).append(code)
    parts = ["# Error codes", "`status` is what an HTTP caller gets when nobody handles the error."]
    for area, entries in areas.items():
        rows = [f"| `{each.code}` | {_cell(each.meaning)} | {_cell(each.advice)} | {each.status} |" for each in entries]
        parts += [f"## {area}", "| code | meaning | what to do | status |\n|---|---|---|---|\n" + "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def lint_page() -> str:
    """The page of the rules of lint, each at an anchor of its own."""
    parts = ["# Lint", _LINT, "| rule | severity | finds |\n|---|---|---|\n" + "\n".join(map(_rule_row, LINT.values()))]
    for rule in LINT.values():
        parts += [f"## {rule.code} {{#{_anchor(rule)}}}", rule.meaning, rule.advice]
        parts += [_code(rule.example)] if rule.example is not None else []
    return "\n\n".join(parts) + "\n"


def _rule_row(rule: LintCode) -> str:
    severity = rule.severity if rule.enabled else f"{rule.severity}, off by default"
    return f"| [`{rule.code}`](#{_anchor(rule)}) | {severity} | {_cell(rule.meaning)} |"


def _anchor(rule: LintCode) -> str:
    return rule.code.removeprefix("lint.")


def fields_table(spec: type[Spec]) -> str:
    """The fields of an element, as a table."""
    return _table(spec.fields)


def _table(fields: dict[str, Field]) -> str:
    return _HEAD + "\n".join(_row(declared) for declared in fields.values())


def _row(declared: Field) -> str:
    meaning = declared.doc
    if declared.secret:
        meaning += " Never shown."
    if declared.example is not None:
        meaning += f" Example: `{json.dumps(declared.example, ensure_ascii=False)}`"
    cells = (f"`{declared.name}`", describe(declared.kind), _default(declared), meaning)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _default(declared: Field) -> str:
    if declared.required:
        return "required"
    value = written(declared.kind, declared.default)
    return "" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def _alternatives(by: Alternatives, seen: set[type[Spec]], level: str = "##") -> list[str]:
    """What each word brings: its prose, and the tables of its fields."""
    parts = []
    for word, spec in by.specs.items():
        parts += [f'{level} With `"{by.field}": "{word}"`', prose(spec)]
        parts += [_table(spec.fields)] if spec.fields else []
        parts += _inner(spec.fields, seen)
    return parts


def _inner(fields: dict[str, Field], seen: set[type[Spec]]) -> list[str]:
    """The tables of the elements inside, each once."""
    parts = []
    for name, declared in fields.items():
        for spec in _specs(declared.kind):
            if spec not in seen:
                seen.add(spec)
                parts += [f"### In `{name}`", prose(spec), _table(spec.fields), *_inner(spec.fields, seen)]
                parts += _alternatives(spec.alternatives, seen, "####") if spec.alternatives is not None else []
    return parts


def _specs(kind: Kind) -> Iterator[type[Spec]]:
    match kind:
        case kinds.Record():
            yield kind.spec
        case kinds.ListOf():
            yield from _specs(kind.item)
        case kinds.MapOf():
            yield from _specs(kind.value)
        case kinds.OneOf():
            for option in kind.kinds:
                yield from _specs(option)


def _own(step: type[Step]) -> dict[str, Field]:
    """The fields that not every step has, `result` last."""
    own = [(name, each) for name, each in step.fields.items() if each is not Step.fields.get(name)]
    return dict(sorted(own, key=lambda entry: entry[1] is ProducingStep.fields.get(entry[0])))


def _example(step: type[Step]) -> dict[str, Any] | None:
    """The step's own example; else its required fields, or all where none is required, with their examples."""
    if step.example is not None:
        return step.example
    own = _own(step).values()
    shown = [each for each in own if each.required] or [each for each in own if each.example is not None]
    if any(each.example is None for each in shown):
        return None
    return {"type": step.type, **{each.name: each.example for each in shown}}


def _code(value: Any) -> str:
    return f"```json\n{json.dumps(value, indent=2, ensure_ascii=False)}\n```"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
