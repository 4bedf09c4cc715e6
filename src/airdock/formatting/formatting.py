"""Formats descriptors: the layout changes, and nothing else."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.reader import YAML_SUFFIXES, Limits, Reader
from airdock.descriptor.text import decode
from airdock.descriptor.tree import Node, Source
from airdock.descriptor.yaml_text import parse_yaml
from airdock.errors import DescriptorError, Place, Problem
from airdock.formatting.json_layout import json_text
from airdock.formatting.json_parts import json_comments, json_parts
from airdock.formatting.order import hoist_comments, order_keys
from airdock.formatting.parts import Document
from airdock.formatting.yaml_layout import yaml_text
from airdock.formatting.yaml_parts import NotFormattedError, yaml_comments, yaml_parts
from airdock.spec.fields import Spec


class Formatter:
    """Formats descriptors whose steps a reader knows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def format(self, content: str | bytes, file: str, kind: str | None) -> str:
        """The text of a descriptor as it is to look.

        Args:
            content: What the file holds. file: Its name; `.yaml` or `.yml` behind it means YAML, anything else JSON.
            kind: Which descriptor it is; of what is none, or not valid, keys stay in their order.

        Raises:
            DescriptorError: it is not well-formed, a name stands twice in an object, or it cannot be laid out without
                a change of what it says.
        """
        is_yaml = file.endswith(YAML_SUFFIXES)
        source = _source(content, file)
        root = _tree(source, is_yaml)
        elements = self._elements(kind, source, root) if kind else frozenset[int]()
        text = source.text.replace("\r\n", "\n").replace("\r", "\n") if is_yaml else source.text
        if text != source.text:
            source = Source(file, text)
            root = _tree(source, is_yaml)
            elements = self._elements(kind, source, root) if kind else elements
        for ordered in (elements, frozenset[int]()):
            made = _laid_out(source, is_yaml, ordered)
            if _says_the_same(source, made, root, elements, is_yaml):
                return made
        message = "this cannot be laid out without a change of what it says, so it is left as it is"
        raise DescriptorError([Problem("descriptor.value", message, Place(file, 1, 1))])

    def _elements(self, kind: str, source: Source, root: Node) -> frozenset[int]:
        """Where the elements with declared fields begin: their keys may change places."""
        try:
            model = self._reader.read(kind, source.text, source.file)
        except DescriptorError:
            return frozenset()
        places = {(place.line, place.column) for place in _places(model, source.file)}
        return frozenset(node.start for node in _objects(root) if source.position(node.start) in places)


def _source(content: str | bytes, file: str) -> Source:
    problems = Problems()
    try:
        return decode(content, file, Limits().size, problems)
    except Unreadable:
        raise problems.error() from None


def _tree(source: Source, is_yaml: bool) -> Node:
    problems = Problems()
    try:
        root = (parse_yaml if is_yaml else parse_json)(source, problems)
    except Unreadable:
        raise problems.error() from None
    if problems:
        raise problems.error()
    return root


def _places(value: Any, file: str) -> Iterator[Place]:
    """The places of the elements in a model."""
    if isinstance(value, Spec):
        if value.place.file == file:
            yield value.place
        for each in value.values().values():
            yield from _places(each, file)
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _places(each, file)


def _objects(node: Node) -> Iterator[Node]:
    if isinstance(node.value, dict):
        yield node
    if isinstance(node.value, dict | list):
        for child in node.value.values() if isinstance(node.value, dict) else node.value:
            yield from _objects(child)


def _laid_out(source: Source, is_yaml: bool, elements: Collection[int]) -> str:
    document = _parts(source, is_yaml)
    order_keys(document.root, elements)
    if not is_yaml:
        return json_text(document)
    hoist_comments(document.root)
    return yaml_text(document)


def _parts(source: Source, is_yaml: bool) -> Document:
    if not is_yaml:
        return json_parts(source.text)
    try:
        return yaml_parts(source.text)
    except NotFormattedError as error:
        problem = Problem("descriptor.value", f"this cannot be laid out: {error}", source.place(error.offset))
        raise DescriptorError([problem]) from None


def _says_the_same(source: Source, made: str, root: Node, elements: Collection[int], is_yaml: bool) -> bool:
    """Whether two texts hold the same values, in the same order but for the keys of elements, and the same comments."""
    try:
        after = _tree(Source(source.file, made), is_yaml)
    except DescriptorError:
        return False
    comments = yaml_comments if is_yaml else json_comments
    return _same(root, after, elements) and _words(comments(source.text)) == _words(comments(made))


def _same(before: Node, after: Node, elements: Collection[int]) -> bool:
    if type(before.value) is not type(after.value):
        return False
    if isinstance(before.value, dict):
        names = list(before.value)
        if before.start in elements:
            return set(names) == set(after.value) and all(
                _same(before.value[name], after.value[name], elements) for name in names
            )
        return names == list(after.value) and all(
            _same(before.value[name], after.value[name], elements) for name in names
        )
    if isinstance(before.value, list):
        pairs = zip(before.value, after.value, strict=False)
        return len(before.value) == len(after.value) and all(_same(one, other, elements) for one, other in pairs)
    return json.dumps(before.value) == json.dumps(after.value)


def _words(comments: list[str]) -> list[list[str]]:
    """The comments without their blanks, in any order: they go with their keys."""
    return sorted(comment.split() for comment in comments)
