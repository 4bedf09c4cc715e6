"""One file that is looked at, and what is found in it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.reader import YAML_SUFFIXES
from airdock.descriptor.tree import Node, Source
from airdock.descriptor.yaml_text import parse_yaml
from airdock.errors import Place
from airdock.lint.walking import elements, own_blocks
from airdock.spec.descriptors import Project
from airdock.spec.fields import Spec
from airdock.spec.flow import ErrorHandler
from airdock.spec.step import Step


class Finding(NamedTuple):
    """What a rule found."""

    message: str
    place: Place
    hint: str = ""


class Subject:
    """A descriptor that is valid, or a script.

    Attributes:
        path: Registry path. file: As its author knows it. kind: Of descriptor; empty for a script.
        model: What was read; None for a script. settings: Those of its project.
    """

    def __init__(
        self, path: str, kind: str, model: Any, *, file: str, text: Callable[[], str], settings: Project | None = None
    ) -> None:
        self.path = path
        self.kind = kind
        self.model = model
        self.file = file
        self.settings = settings or Project()
        self._text = text

    @property
    def project(self) -> str:
        """The project; empty at the root."""
        return project_of(self.path)

    @cached_property
    def text(self) -> str:
        """What the file holds."""
        return self._text()

    @cached_property
    def elements(self) -> list[Spec]:
        """Every declared element in it, each in front of those inside it."""
        return list(elements(self.model))

    @cached_property
    def steps(self) -> list[Step]:
        """Every step in it."""
        return [each for each in self.elements if isinstance(each, Step)]

    @cached_property
    def blocks(self) -> list[list[Step]]:
        """Every list of steps in it that has any."""
        return [block for each in self.elements for block in own_blocks(each)]

    @property
    def handlers(self) -> list[ErrorHandler]:
        """Those of a flow, its project's behind its own."""
        own = self.model.on_error if self.kind == "flow" else []
        return own if self.kind == "project" else [*own, *self.settings.on_error]

    @property
    def is_yaml(self) -> bool:
        return self.file.endswith(YAML_SUFFIXES)

    def tree(self) -> Node | None:
        """The values of a descriptor and where they stand; None where they cannot be read any more."""
        parse = parse_yaml if self.is_yaml else parse_json
        try:
            return parse(Source(self.file, self.text), Problems())
        except Unreadable:
            return None


def project_of(path: str) -> str:
    """The project of a registry path; empty at the root."""
    project, slash, _ = path.partition("/")
    return project if slash else ""
