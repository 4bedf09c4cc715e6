"""Whole files of Camel's YAML DSL as the files of a project."""

from typing import Any, NamedTuple

from airdock.camel.context import Context, member, text
from airdock.camel.endpoints import Endpoint, endpoint_of, file_name
from airdock.camel.errors import ERRORS, on_exception
from airdock.camel.load import LOAD
from airdock.camel.messages import MESSAGES
from airdock.camel.notes import Note, Notes, UntranslatableError
from airdock.camel.routing import ROUTING
from airdock.camel.starts import job_of, route_of
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.text import decode
from airdock.descriptor.tree import Node
from airdock.descriptor.yaml_text import parse_yaml
from airdock.errors import DescriptorError

_LARGEST = 4 * 1024 * 1024
_DEEPEST = 100
_PROCESSORS = {**MESSAGES, **ROUTING, **LOAD, **ERRORS}
METHODS = ("get", "post", "put", "patch", "delete", "head")


class Translation(NamedTuple):
    """What became of a file.

    Attributes:
        files: Descriptors by their path in the project, `orders.flow`, as JSON values.
        notes: What a person must know, in the order of Camel's file.
    """

    files: dict[str, Any]
    notes: list[Note]


def translate_yaml(content: bytes, file: str, project: str) -> Translation:
    """Translates a file of routes.

    Args:
        content: Of the file. file: Its name, for places. project: The project that the flows are for.

    Raises:
        DescriptorError: it is no YAML, or no list of routes.
    """
    root = _parsed(content, file)
    translator = _Translator(project)
    entries = root.value if isinstance(root.value, list) else [root]
    for entry in entries:
        translator.entry(entry)
    notes = sorted(translator.notes.found, key=lambda note: (note.place.line, note.place.column))
    return Translation(translator.files, notes)


def _parsed(content: bytes, file: str) -> Node:
    problems = Problems()
    try:
        root = parse_yaml(decode(content, file, _LARGEST, problems), problems, _DEEPEST)
    except Unreadable:
        raise problems.error() from None
    if problems:
        raise problems.error()
    if not isinstance(root.value, list | dict):
        problems.add("descriptor.type", "a file of Camel's YAML DSL is a list of routes", root.place)
        raise DescriptorError(problems.error().problems)
    return root


class _Translator:
    def __init__(self, project: str) -> None:
        self.files: dict[str, Any] = {}
        self.notes = Notes()
        self._project = project
        self._context = Context(project, self.notes, _PROCESSORS)
        self._handlers: list[dict[str, Any]] = []

    def entry(self, node: Node) -> None:
        """One element of the file."""
        if not isinstance(node.value, dict):
            self.notes.lost(node, "file", "a route was expected")
            return
        for name, inside in node.value.items():
            match name:
                case "route":
                    self._route(inside)
                case "from":
                    self._from(node, inside)
                    break
                case "rest":
                    self._rest(inside)
                case "onException":
                    self._on_exception(inside)
                case "errorHandler":
                    self.notes.lost(inside, name, "say `onError` in a flow or in project.json")
                case _:
                    self.notes.lost(inside, name, "it has no counterpart")

    def _route(self, node: Node) -> None:
        begin = member(node, "from")
        if begin is None:
            self.notes.lost(node, "route", "it has no `from`")
            return
        self._from(node, begin)

    def _from(self, route: Node, begin: Node) -> None:
        endpoint = endpoint_of(begin)
        if endpoint is None:
            self.notes.lost(begin, "from", "it names no endpoint")
            return
        name = self._free(_name(route, endpoint), ".flow")
        flow = self._flow(route, begin, endpoint)
        self.files[f"{name}.flow"] = flow
        self._job(begin, endpoint, name)
        if text(route, "autoStartup") == "false":
            self.notes.differs(route, "route.autoStartup", "a flow that is published answers; it is not stopped")

    def _flow(self, route: Node, begin: Node, endpoint: Endpoint) -> dict[str, Any]:
        flow: dict[str, Any] = {}
        for camel in ("description", "note"):
            if text(route, camel):
                flow["description"] = text(route, camel)
                break
        found = route_of(endpoint)
        if found is not None:
            flow |= found
        steps = member(begin, "steps")
        handlers = [*self._scoped(route), *self._handlers]
        flow["steps"] = self._context.steps(steps if steps is not None else member(route, "steps"))
        if handlers:
            flow["onError"] = handlers
        return flow

    def _scoped(self, route: Node) -> list[dict[str, Any]]:
        own = member(route, "onException")
        if own is None:
            return []
        return [on_exception(self._context, each) for each in (own.value if isinstance(own.value, list) else [own])]

    def _on_exception(self, node: Node) -> None:
        try:
            self._handlers.append(on_exception(self._context, node))
        except UntranslatableError as error:
            self.notes.lost(node, "onException", str(error))
            return
        # Camel's are for all routes of the file, those in front of it too.
        for path, descriptor in self.files.items():
            if path.endswith(".flow"):
                descriptor.setdefault("onError", []).append(self._handlers[-1])

    def _job(self, begin: Node, endpoint: Endpoint, name: str) -> None:
        try:
            job = job_of(endpoint, f"/{self._project}/{name}.flow")
        except UntranslatableError as error:
            self.notes.lost(begin, f"from {endpoint.uri}", str(error))
            return
        if job is None:
            return
        if isinstance(job, str):
            self.notes.differs(begin, f"from {endpoint.uri}", job)
            return
        self.files[f"{self._free(name, '.job')}.job"] = job

    def _rest(self, node: Node) -> None:
        base = "/" + text(node, "path").strip("/")
        for method in METHODS:
            operations = member(node, method)
            for each in operations.value if operations is not None and isinstance(operations.value, list) else []:
                self._operation(each, method.upper(), base)

    def _operation(self, node: Node, method: str, base: str) -> None:
        path = f"{base.rstrip('/')}/{text(node, 'path').strip('/')}".rstrip("/") or "/"
        name = self._free(file_name(text(node, "id") or f"{method.lower()}{path.replace('/', '_')}"), ".flow")
        target = member(node, "to")
        inside = self._context.steps(member(node, "steps"))
        if target is not None:
            inside += self._context.steps(_as_steps(target))
        self._context.ignore(node, "rest", "consumes", "produces", "type", "outType", "param", "security")
        self.files[f"{name}.flow"] = {"path": path, "methods": [method], "steps": inside}

    def _free(self, name: str, suffix: str) -> str:
        free, number = name, 2
        while f"{free}{suffix}" in self.files:
            free, number = f"{name}_{number}", number + 1
        return free


def _name(route: Node, endpoint: Endpoint) -> str:
    """What other routes call it by; else its id, else where it begins."""
    if endpoint.scheme in ("direct", "seda", "vm", "direct-vm", "disruptor"):
        return file_name(endpoint.name)
    return file_name(text(route, "id") or f"{endpoint.scheme}_{endpoint.name}")


def _as_steps(target: Node) -> Node:
    """`to: …` of a REST operation as a list with one step."""
    step = Node(target.source, {"to": target}, target.start, target.end, target.parent, target.key)
    return Node(target.source, [step], target.start, target.end, target.parent, target.key)
