from collections.abc import Callable
from typing import Any

import msgspec

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.command import Argument
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Choice, Integer, ListOf, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Outside, ProducingStep

_BINARY = "binary"
_CHARSETS = ("utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16", _BINARY)
_TOLD = 500


class CommandStep(ProducingStep):
    """Runs a program that the installation allows.

    Which programs there are, and what each may be given, is said by the operator in the file of the setting
    `commands`; without it there are none. A flow names one and gives arguments. Each item of `arguments` is one
    argument, whatever it holds: no shell reads it. One that begins with `-` is refused unless the operator allows
    options, so that what a message holds never becomes one.

    The program reads the body, or `input`: bytes and texts as they are, anything else as JSON. The result is an object:
    `status`, the exit code; `output`; `error`, the end of what it wrote on standard error. A status that `expect` does
    not list fails the step with `connector.command.status`.

    Of the server's environment, open files and secrets the program sees nothing. When the step's `timeout` is over, or
    that of the command, or the run is cancelled, the program is killed with all that it began; so is what it leaves
    running behind it.

    In tests of flows each command ends well and writes what it read; a mock that names it by `address` says otherwise.
    """

    type = "command"
    group = "scripts"
    waits = True
    repeatable = False
    example = {
        "type": "command",
        "command": "convert",
        "arguments": ["${body.name}", "png:-"],
        "encoding": "binary",
        "result": "picture",
    }

    command: str = field(
        Text(r"[A-Za-z][A-Za-z0-9_.-]{0,99}", "the name of a command"),
        "Its name among those that the installation allows.",
        default=REQUIRED,
        example="convert",
    )
    arguments: list[Template] = field(
        ListOf(TemplateKind(types=("string", "number", "boolean"))),
        "Arguments, behind those of the installation.",
        default=[],
        example=["${body.name}", "png:-"],
    )
    input: Template | None = field(
        TemplateKind(), "What the program reads; the body if left out, `null` for nothing.", example="${body.text}"
    )
    encoding: str = field(
        Choice(_CHARSETS), "The charset of `output`, which is a text; with `binary` it is bytes.", default="utf-8"
    )
    expect: list[int] = field(ListOf(Integer(0, 255), 1), "Exit codes that are no error.", default=[0], example=[0, 1])

    @property
    def reads_body(self) -> bool:
        return self.input is None

    @property
    def reaches(self) -> Outside | None:
        return Outside(address=lambda exchange: self.command)

    def compile(self, compiler: Compiler) -> Compiled:
        command = compiler.command(self.command, self.place_of("command"))
        given = [(each.evaluate, each.constant) for each in self.arguments]
        store, content, expect = self.store(), _content(self.command, self.input), frozenset(self.expect)

        async def run(exchange: Exchange) -> None:
            arguments = [Argument(value(exchange), literal) for value, literal in given]
            ended = await command.run(arguments, content(exchange))
            error = ended.error.decode("utf-8", "replace")
            if ended.status not in expect:
                raise _failed(self.command, ended.status, error)
            output = ended.output if self.encoding == _BINARY else self._text(ended.output)
            store(exchange, {"status": ended.status, "output": output, "error": error})

        return run

    def _text(self, output: bytes) -> str:
        try:
            return output.decode(self.encoding)
        except UnicodeDecodeError as error:
            message = f"the output of {self.command!r} is not {self.encoding}: byte {error.start} does not fit"
            raise FlowError("connector.command.encoding", message) from error


def _content(name: str, template: Template | None) -> Callable[[Exchange], bytes]:
    """What the program reads."""

    def written(value: Any) -> bytes:
        if value is None:
            return b""
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        try:
            return value.encode() if isinstance(value, str) else msgspec.json.encode(value)
        except (TypeError, ValueError, RecursionError) as error:
            message = f"the command {name!r} cannot read what is neither text, bytes nor JSON"
            raise FlowError("connector.command.input", message) from error

    if template is not None:
        evaluate = template.evaluate
        return lambda exchange: written(evaluate(exchange))
    return lambda exchange: written(exchange.body) if exchange.body_set else exchange.request.content


def _failed(name: str, status: int, error: str) -> FlowError:
    lines = error.strip()
    told = f": …{lines[-_TOLD:]}" if len(lines) > _TOLD else f": {lines}" if lines else ""
    message = f"the command {name!r} ended with status {status}{told}"
    return FlowError("connector.command.status", message, details={"exitStatus": status})
