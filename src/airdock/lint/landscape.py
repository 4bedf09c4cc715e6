"""All that stands around a descriptor: what rules ask that look further than one file."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from airdock.lint.certain import certain_calls
from airdock.lint.circles import circles_of
from airdock.lint.facts import Facts, facts_of
from airdock.spec.flow import Flow
from airdock.spec.step import Step


@dataclass(slots=True)
class Together:
    """What flows do with properties that may run on one exchange."""

    sets: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    reads_all: bool = False
    opaque: bool = False

    def add(self, facts: Facts) -> None:
        self.sets.update(facts.sets)
        self.reads.update(facts.reads, facts.looks)
        self.reads_all = self.reads_all or facts.reads_all
        self.opaque = self.opaque or facts.opaque


class Landscape:
    """The descriptors and scripts of a registry, or of a sandbox over one.

    Attributes:
        models: What was read of each descriptor, by registry path; None where it could not be.
        scripts: The registry paths of scripts. script: What one holds.
    """

    def __init__(
        self, models: Mapping[str, Any], scripts: Collection[str] = (), script: Callable[[str], str] = lambda path: ""
    ) -> None:
        self.models = models
        self.scripts = scripts
        self.script = script
        self._certain: dict[str, Mapping[str, Step]] = {}

    def facts(self, path: str) -> Facts:
        """What a descriptor says."""
        return facts_of(self.models.get(path))

    def together(self, path: str) -> Together:
        """What is done with properties by all flows that may run on one exchange with those of a descriptor."""
        return self._together[self._group[path]] if path in self._group else Together()

    def circle(self, path: str) -> frozenset[str]:
        """The flows that call each other in a circle with a flow, itself among them; none where there is no circle."""
        return self._circles.get(path, frozenset())

    def called(self, path: str) -> list[str]:
        """The flows that a descriptor calls, as far as it says so."""
        return [call.path for call in self.facts(path).calls]

    def certain(self, path: str) -> Mapping[str, Step]:
        """The flows that a flow calls whatever the message is, each with the step that does it."""
        found = self._certain.get(path)
        if found is None:
            model = self.models.get(path)
            found = self._certain[path] = certain_calls(model.steps) if isinstance(model, Flow) else {}
        return found

    @cached_property
    def script_texts(self) -> dict[str, str]:
        """What the scripts hold, by registry path."""
        return {path: self.script(path) for path in self.scripts}

    @cached_property
    def _circles(self) -> dict[str, frozenset[str]]:
        return circles_of({path: self.called(path) for path in self.models})

    @cached_property
    def _together(self) -> dict[str, Together]:
        found: dict[str, Together] = {}
        for path, group in self._group.items():
            found.setdefault(group, Together()).add(self.facts(path))
        return found

    @cached_property
    def _group(self) -> dict[str, str]:
        """For each descriptor one that stands for all those that may run on one exchange with it."""
        leader = {path: path for path in self.models}

        def lead(path: str) -> str:
            while leader[path] != path:
                leader[path] = leader[leader[path]]
                path = leader[path]
            return path

        for path in self.models:
            for other in self._beside(path):
                if other in leader:
                    leader[lead(other)] = lead(path)
        return {path: lead(path) for path in leader}

    def _beside(self, path: str) -> list[str]:
        """The descriptors whose flows may run on one exchange with those of a descriptor, because it says so."""
        facts = self.facts(path)
        found = self.called(path)
        for globs in facts.allows:
            found += self._allowed(globs, path)
        if PurePosixPath(path).stem == "project" and (facts.sets or facts.reads or facts.opaque):
            # The handlers of a project run in each of its flows.
            found += self._allowed([], path)
        return found

    def _allowed(self, globs: list[str], path: str) -> list[str]:
        patterns = [glob.removeprefix("/") for glob in globs] or [f"{path.partition('/')[0]}/*" if "/" in path else "*"]
        flows = (each for each in self.models if each.endswith(".flow"))
        return [each for each in flows if any(fnmatchcase(each, pattern) for pattern in patterns)]
