"""What a template and those that it names are made of, looked at before anything is rendered."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from jinja2 import Environment, Template, TemplateSyntaxError, meta, nodes

from airdock.exchange import FILL
from airdock.steps.jinja.sandbox import Source

NAMES = ("body", "headers", "properties", "request", "run", "config", "error", "loop", "split", "slip")
"""Parts of the document that a template sees."""
MOST = 100
_REQUEST = "request"


class BrokenTemplateError(ValueError):
    """A template does not compile. `file` is the one that is broken; empty for the one that stands in the step."""

    def __init__(self, message: str, line: int, file: str) -> None:
        super().__init__(message)
        self.line = line
        self.file = file


class Reading:
    """Templates while they are read, each once.

    Attributes:
        needs: The parts of `airdock.exchange.FILL` that they read.
    """

    def __init__(self, environment: Environment, source: Source) -> None:
        """`source`: the text of a template by its path; raises BrokenTemplateError."""
        self.needs: frozenset[str] = frozenset()
        self._environment = environment
        self._source = source
        self._unknown: list[tuple[str, int, str]] = []
        self._assigned: set[str] = set()

    def read_all(self, name: str, texts: dict[str, str]) -> None:
        """Reads a template, and adds the texts of those that it names, and that these name."""
        waiting = [name]
        while waiting:
            file = waiting.pop()
            for line, named in self._read(file, texts[file]):
                if named in texts:
                    continue
                if len(texts) == MOST:
                    raise BrokenTemplateError(f"it includes more than {MOST} files", line, file)
                texts[named] = self._text(named, line, file)
                waiting.append(named)
        for each, line, file in self._unknown:
            if each not in self._assigned:
                near = get_close_matches(each, NAMES, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"it sees {', '.join(NAMES)}, such as body.{each}"
                raise BrokenTemplateError(f"a template has no {each!r}: {hint}", line, file)

    def compiled(self, texts: dict[str, str]) -> dict[str, Template]:
        """All of them, ready to run."""
        made = {}
        for file in texts:
            try:
                made[file] = self._environment.get_template(file)
            except TemplateSyntaxError as error:
                raise BrokenTemplateError(error.message or "it does not compile", error.lineno, file) from None
            except (RecursionError, SyntaxError, MemoryError):
                raise BrokenTemplateError("it is nested too deeply", 1, file) from None
        return made

    def _text(self, named: str, line: int, file: str) -> str:
        try:
            return self._source(named)
        except BrokenTemplateError as error:
            # Where it is named is the place to look at.
            raise BrokenTemplateError(str(error), line, file) from None

    def _read(self, file: str, text: str) -> list[tuple[int, str]]:
        """The templates that a template names, each with the line."""
        try:
            tree = self._environment.parse(text, file)
            unknown = meta.find_undeclared_variables(tree)
        except TemplateSyntaxError as error:
            raise BrokenTemplateError(error.message or "it does not compile", error.lineno, file) from None
        except RecursionError:
            raise BrokenTemplateError("it is nested too deeply", 1, file) from None
        self.needs |= _needs(tree, unknown)
        self._assigned |= set(_assigned(tree))
        first = {node.name: node.lineno for node in reversed(list(tree.find_all(nodes.Name)))}
        free = unknown - {*NAMES, *self._environment.globals, "self"}
        self._unknown += [(name, first.get(name, 1), file) for name in sorted(free)]
        return list(_named(tree, file))


def _named(tree: nodes.Template, file: str) -> Iterator[tuple[int, str]]:
    named: tuple[type[Any], ...] = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    for node in tree.find_all(named):
        name = node.template
        if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
            message = 'another template is named by its path as a text, such as "/shop/footer.html"'
            raise BrokenTemplateError(message, node.lineno, file)
        yield node.lineno, name.value


def _needs(tree: nodes.Template, names: set[str]) -> frozenset[str]:
    needs = {name for name in names if name in FILL}
    if _REQUEST in names:
        fields = [_field_of_request(node) for node in tree.find_all((nodes.Getattr, nodes.Getitem))]
        parts = {f"{_REQUEST}.{field}" for field in fields if field}
        plain = sum(node.name == _REQUEST for node in tree.find_all(nodes.Name))
        all_parts = {part for part in FILL if part.startswith(f"{_REQUEST}.")}
        needs |= parts & all_parts if plain == sum(map(bool, fields)) else all_parts
    return frozenset(needs)


def _field_of_request(node: Any) -> str:
    if not isinstance(node.node, nodes.Name) or node.node.name != _REQUEST:
        return ""
    if isinstance(node, nodes.Getattr):
        return str(node.attr)
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else ""


def _assigned(tree: nodes.Template) -> Iterator[str]:
    """Names that templates give to values, which those that they include see."""
    naming: tuple[type[Any], ...] = (nodes.Name, nodes.Macro, nodes.Import, nodes.FromImport)
    for node in tree.find_all(naming):
        if isinstance(node, nodes.Name):
            if node.ctx != "load":
                yield node.name
        elif isinstance(node, nodes.Macro):
            yield node.name
        elif isinstance(node, nodes.Import):
            yield node.target
        else:
            yield from (each[1] if isinstance(each, tuple) else each for each in node.names)
