"""Reading of the file that says which programs flows may run."""

import re

from airdock.descriptor.json_text import parse_json
from airdock.descriptor.problems import Problems, Unreadable
from airdock.descriptor.reader import READ
from airdock.descriptor.reading import INVALID, Reading
from airdock.descriptor.records import read_spec
from airdock.descriptor.text import decode
from airdock.descriptor.yaml_text import parse_yaml
from airdock.spec.catalogue import Catalogue
from airdock.spec.command import AllowedCommand

_LARGEST = 1024 * 1024
_DEPTH = 20
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")


def read_commands(content: bytes, file: str) -> dict[str, AllowedCommand]:
    """The commands of a file: an object of objects, by their names. JSON if its name says so, else YAML.

    Raises:
        DescriptorError: with all problems of the file.
    """
    problems = Problems()
    found: dict[str, AllowedCommand] = {}
    try:
        parse = parse_json if file.endswith(".json") else parse_yaml
        root = parse(decode(content, file, _LARGEST, problems), problems, _DEPTH)
        if not isinstance(root.value, dict):
            problems.add("descriptor.type", "the file must be an object of commands by their name", root.place)
            raise Unreadable
        reading = Reading(Catalogue(()), problems, READ, 0)
        for name, node in root.value.items():
            if not _NAME.fullmatch(name):
                expected = "a letter, then letters, digits, '_', '.', '-'"
                problems.add("descriptor.value", f"{name!r} is no name of a command", root.key_place(name), expected)
            command = read_spec(reading, AllowedCommand, node, f"the command `{name}`")
            if command is not INVALID:
                found[name] = command
    except Unreadable:
        pass
    if problems:
        raise problems.error()
    return found
