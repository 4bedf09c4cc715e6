import pytest

from airdock.descriptor.commands import read_commands
from airdock.errors import DescriptorError


def test_commands_by_their_names() -> None:
    found = read_commands(b"convert:\n  program: /usr/bin/convert\n  maxOutput: 1MB\n  timeout: 5s\n", "c.yaml")
    command = found["convert"]
    assert (command.program, command.max_output, command.timeout) == ("/usr/bin/convert", 1024**2, 5.0)
    assert (command.max_arguments, command.options, command.environment) == (0, "never", {})
    assert list(read_commands(b'{"a": {"program": "/a"}}', "c.json")) == ["a"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("convert:\n  programm: /a\n", "c.yaml:2:3: the command `convert` has no field 'programm': did you mean 'prog"),
        ("convert:\n  program: convert\n", "c.yaml:2:12: `program` must be the absolute path of a program"),
        ("a b: {program: /a}\n", "'a b' is no name of a command"),
        ("[]\n", "the file must be an object of commands by their name"),
        ("a: {program: /a, pattern: '['}\n", "this is no regular expression"),
        ("a: {program: /a, environment: {'A=': b}}\n", "cannot stand in an environment"),
        ('a: {program: /a, arguments: ["\\0"]}\n', "NUL"),
        ("a: 1\n", "must be an object"),
        ("a: [\n", "c.yaml"),
    ],
)
def test_what_is_wrong(content: str, told: str) -> None:
    with pytest.raises(DescriptorError) as raised:
        read_commands(content.encode(), "c.yaml")
    assert told in str(raised.value)
