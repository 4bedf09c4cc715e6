"""From the text of a descriptor to its model, with every problem at its place."""

from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, Literal, overload

import msgspec

from airdock.descriptor import expressions, outside, records, schedules, schemas, steps, values
from airdock.descriptor.json_text import parse_json
from airdock.descriptor.overrides import Overrides
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.reading import INVALID, NoTemplates, Reading, ReadKind, TemplateFiles
from airdock.descriptor.templates import read_step_template
from airdock.descriptor.text import decode
from airdock.descriptor.tree import Node
from airdock.descriptor.yaml_text import parse_yaml
from airdock.errors import Place
from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.connection import Connection
from airdock.spec.descriptors import DESCRIPTORS, AccessRule, Job, Listener, Project
from airdock.spec.fields import Spec
from airdock.spec.flow import Flow

READ: dict[type[kinds.Kind], ReadKind] = {
    kinds.Text: values.read_text,
    kinds.Choice: values.read_choice,
    kinds.Boolean: values.read_boolean,
    kinds.Integer: values.read_integer,
    kinds.Number: values.read_number,
    kinds.Duration: values.read_duration,
    kinds.Cron: schedules.read_cron,
    kinds.TimeZone: schedules.read_time_zone,
    kinds.Size: values.read_size,
    kinds.Literal: values.read_literal,
    kinds.Scalar: values.read_scalar,
    kinds.ListOf: values.read_list,
    kinds.MapOf: values.read_map,
    kinds.Module: values.read_module,
    kinds.JsonSchema: schemas.read_schema,
    kinds.Template: expressions.read_template,
    kinds.Expression: expressions.read_expression,
    kinds.Record: records.read_record,
    kinds.OneOf: records.read_one_of,
    kinds.Steps: steps.read_steps,
    kinds.Flow: steps.read_flow,
    kinds.Params: outside.read_params,
}
"""How each kind of value is read."""

NO_TEMPLATES = NoTemplates()
YAML_SUFFIXES = (".yaml", ".yml")


class Limits(msgspec.Struct, frozen=True):
    """What one file may hold: bytes, levels of nesting, steps. A file beyond is refused with `descriptor.tooLarge`."""

    size: int = 1024 * 1024
    depth: int = 100
    steps: int = 10_000


class Reader:
    """Reads descriptors whose steps are in a catalogue."""

    def __init__(self, catalogue: Catalogue, limits: Limits | None = None, overrides: Overrides | None = None) -> None:
        """`overrides`: what the installation says of connections."""
        self.catalogue = catalogue
        self.limits = limits or Limits()
        self.overrides = overrides or Overrides()

    @overload
    def read(self, kind: Literal["flow"], text: str | bytes, file: str, templates: TemplateFiles = ...) -> Flow: ...
    @overload
    def read(self, kind: Literal["job"], text: str | bytes, file: str, templates: TemplateFiles = ...) -> Job: ...
    @overload
    def read(
        self, kind: Literal["listener"], text: str | bytes, file: str, templates: TemplateFiles = ...
    ) -> Listener: ...
    @overload
    def read(
        self, kind: Literal["connection"], text: str | bytes, file: str, templates: TemplateFiles = ...
    ) -> Connection: ...
    @overload
    def read(
        self, kind: Literal["access"], text: str | bytes, file: str, templates: TemplateFiles = ...
    ) -> list[AccessRule]: ...
    @overload
    def read(
        self, kind: Literal["project"], text: str | bytes, file: str, templates: TemplateFiles = ...
    ) -> Project: ...
    @overload
    def read(self, kind: str, text: str | bytes, file: str, templates: TemplateFiles = ..., path: str = ...) -> Any: ...

    def read(
        self, kind: str, text: str | bytes, file: str, templates: TemplateFiles = NO_TEMPLATES, path: str = ""
    ) -> Any:
        """The model of a descriptor.

        Args:
            kind: What `kind_of` says. text: The content. file: Path in the registry; `.yaml` or `.yml` behind it
                means YAML, anything else JSON. templates: The step templates that it may use.
            path: Of the registry, `project/crm.connection`, by which the installation may say something of it.

        Raises:
            DescriptorError: with all problems of the file, in file order.
            ValueError: there is no such kind.
        """
        if kind not in DESCRIPTORS:
            raise ValueError(f"no kind of descriptor is called {kind!r}")
        problems = Problems()
        try:
            tree = self._tree(text, file, problems)
            if kind == "connection":
                tree = self.overrides.over(path, tree)
            model = self._model(kind, tree, problems, templates)
        except Unreadable:
            model = INVALID
        except RecursionError:
            problems.add("descriptor.tooLarge", "the file is nested too deep", Place(file, 1, 1))
        if problems:
            raise problems.error()
        return _named(model, file)

    def plain(self, kind: str, text: str | bytes, file: str, templates: TemplateFiles = NO_TEMPLATES) -> Any:
        """The JSON of a descriptor as its author wrote it; takes and raises what `read` does."""
        self.read(kind, text, file, templates)
        return self._tree(text, file, Problems()).plain()

    def _tree(self, text: str | bytes, file: str, problems: Problems) -> Node:
        source = decode(text, file, self.limits.size, problems)
        parse = parse_yaml if file.endswith(YAML_SUFFIXES) else parse_json
        return parse(source, problems, self.limits.depth)

    def _model(self, kind: str, root: Node, problems: Problems, templates: TemplateFiles) -> Any:
        def find_template(path: str) -> Node | None:
            found = templates.content(path)
            return None if found is None else self._template(*found)

        reading = Reading(self.catalogue, problems, READ, self.limits.steps, find_template, templates.meant)
        spec = DESCRIPTORS[kind]
        if kind == "template":
            return read_step_template(reading, root)
        if kind == "connection":
            return outside.read_connection(reading, root)
        if kind == "listener":
            return outside.read_listener(reading, root)
        if kind == "access":
            return values.read_list(reading, kinds.ListOf(kinds.Record(spec)), root)
        article = "an" if kind[0] in "aeiou" else "a"
        return records.read_spec(reading, spec, root, f"{article} {kind}")

    def _template(self, content: bytes, file: str) -> Node | None:
        """The tree of a template; None where it cannot be read, which is a problem of that file and told there."""
        try:
            return self._tree(content, file, Problems())
        except Unreadable:
            return None


def _named(model: Any, file: str) -> Any:
    if isinstance(model, Spec):
        if "name" in model.attributes and not model.name:  # type: ignore[attr-defined]
            model.name = stem(file)  # type: ignore[attr-defined]
        if isinstance(model, Flow):
            model.file = file
    return model


def stem(file: str) -> str:
    """The name of a file without the suffixes of descriptors: `orders` of `shop/orders.flow.yaml`."""
    path = PurePosixPath(file)
    return PurePosixPath(path.stem).stem if path.suffix in YAML_SUFFIXES else path.stem


@lru_cache(65536)  # asked of every file of a folder whenever one changes
def kind_of(path: str | PurePosixPath) -> str | None:
    """The kind of descriptor that a file of the registry is, None when it is none.

    Args:
        path: Path in the registry, `project/orders.flow`.
    """
    path = PurePosixPath(path)
    name = PurePosixPath(path.name)
    if len(path.parts) == 2 and name.stem == "project" and name.suffix in (".json", *YAML_SUFFIXES):
        return "project"
    if name.suffix in YAML_SUFFIXES or name.name.endswith(".test.json"):
        name = PurePosixPath(name.stem)
    kind = name.suffix[1:]
    return kind if kind in DESCRIPTORS and kind != "project" else None
