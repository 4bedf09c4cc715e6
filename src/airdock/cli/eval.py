"""`airdock eval`: evaluates an expression on a sample."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from airdock.cli.terminal import fail, json_text, paint, printable, say


class _Failed(NamedTuple):
    """That there is no value, and why."""

    reason: str


def command(
    expression: Annotated[
        str,
        typer.Argument(metavar="EXPRESSION", help="JSONata, or a text with ${}; @FILE reads it.", show_default=False),
    ],
    input: Annotated[
        str, typer.Option("--input", "-i", metavar="FILE", help="JSON that is the body; - for standard input.")
    ] = "",
    document: Annotated[
        bool, typer.Option("--document", help="The input is the whole document: body, headers, properties, request …")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", "-r", help="Print a text as it is, not as JSON.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Evaluate again when a file changes, until Ctrl-C.")] = False,
) -> None:
    """Evaluate an expression on a sample.

    An expression sees the input as `body`, as a flow's expressions do. A text that holds ${} is a template. The exit
    code is 0 when there is a value, 1 when the evaluation failed, 2 for what cannot be read.

    \b
    Examples:
      airdock eval 'body.items[price > 5].name' --input order.json
      airdock eval 'Dear ${body.name}' -i order.json --raw
      airdock eval @price.jsonata -i order.json
    """
    if watch and input == "-":
        fail("standard input cannot be watched: name a file", 2)
    read_source, read_input = _reader(expression), _input_reader(input)
    if not watch:
        outcome = _outcome(read_source(), read_input(), document)
        _show(outcome, raw)
        raise typer.Exit(1 if isinstance(outcome, _Failed) else 0)
    files = [Path(name) for name in (expression[1:] if expression.startswith("@") else "", input) if name]
    if not files:
        fail("nothing to watch: read the expression from @FILE, or name an --input", 2)
    _watch(files, lambda: _show(_outcome(read_source(), read_input(), document), raw))


def _outcome(source: str, value: Any, document: bool) -> Any:
    from airdock.errors import FlowError
    from airdock.expressions import ExpressionSyntaxError, compile_expression, compile_template

    whole = value if document else {"body": value}
    if not isinstance(whole, dict):
        return _Failed("with --document the input must be an object")
    try:
        if "${" in source:
            return compile_template(source).evaluate(_exchange(whole))
        return compile_expression(source.strip()).evaluate_document(whole)
    except ExpressionSyntaxError as error:
        return _Failed(_pointed(source if "${" in source else source.strip(), error.offset, error.message))
    except FlowError as error:
        return _Failed(f"{error.code}: {error.message}")


def _exchange(document: dict[str, Any]) -> Any:
    """An exchange that holds the document and nothing else."""
    from airdock.exchange import Exchange, Run

    whole = {"properties": {}, "headers": {}, "request": {}, "run": {}, "config": {}, "body": None, **document}
    return Exchange(Run("", ""), own_document=whole)


def _pointed(source: str, offset: int, message: str) -> str:
    """A message with the line of the source and a caret below the place."""
    start = source.rfind("\n", 0, offset) + 1
    line = source[start:].split("\n", 1)[0]
    number = source.count("\n", 0, offset) + 1
    return f"{number}:{offset - start + 1}: {message}\n  {printable(line)}\n  {' ' * (offset - start)}^"


def _show(outcome: Any, raw: bool) -> None:
    if isinstance(outcome, _Failed):
        head, *rest = outcome.reason.split("\n")
        typer.echo(paint(head, "red", "bold", stream=sys.stderr), err=True)
        for line in rest:
            typer.echo(line, err=True)
    elif raw and isinstance(outcome, str):
        say(outcome)
    else:
        say(json_text(outcome))


def _reader(expression: str) -> Callable[[], str]:
    if not expression.startswith("@"):
        return lambda: expression
    return lambda: _read(Path(expression[1:]))


def _input_reader(name: str) -> Callable[[], Any]:
    if not name:
        return lambda: None
    return lambda: _json(sys.stdin.read() if name == "-" else _read(Path(name)), name)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}", 2)


def _json(text: str, name: str) -> Any:
    import msgspec

    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        fail(f"{'standard input' if name == '-' else name} is no JSON: {error}", 2)


def _watch(files: list[Path], show: Callable[[], None]) -> None:
    """Shows, and again whenever one of the files changes; what cannot be read now may be mended."""
    from watchfiles import watch

    wanted = {file.resolve() for file in files}

    def shown() -> None:
        try:
            show()
        except typer.Exit:
            pass

    shown()
    folders = {file.parent for file in wanted}
    for changes in watch(*folders, recursive=False, raise_interrupt=False):
        if any(Path(path) in wanted for _, path in changes):
            say("")
            shown()
