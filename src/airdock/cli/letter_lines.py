"""Dead letters as the terminal shows them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from airdock.cli.terminal import paint, printable

if TYPE_CHECKING:
    from airdock.api.letters import DeadLetter, DeadLetterContent

_COLOURS = {"dead": "red", "queued": "yellow", "sending": "yellow"}


def letter_table(letters: "Sequence[DeadLetter]") -> Iterator[str]:
    """A line for each letter."""
    if not letters:
        yield "there are no dead letters"
        return
    from airdock.cli.run_lines import local_time

    names = [printable(each.listener) for each in letters]
    width = max(8, *map(len, names))
    yield paint(f"{'ID':<36}  {'LISTENER':<{width}}  {'DIED':<19}  STATE    TRIES  ERROR", "dim")
    for name, each in zip(names, letters, strict=True):
        state = paint(f"{each.state:<7}", _COLOURS[each.state])
        line = f"{each.id}  {name:<{width}}  {local_time(each.died)}  {state}  {each.attempts:>5}"
        yield f"{line}  {printable(each.code)}: {printable(each.message)}"


def letter_lines(letter: "DeadLetterContent") -> Iterator[str]:
    """All of a letter."""
    for name, value in _facts(letter):
        if value:
            yield f"{paint(f'{name:<12}', 'dim')}  {printable(value)}"
    yield ""
    for line in _body(letter).splitlines():
        yield printable(line)
    if not letter.whole:
        yield paint("(more was left out)", "dim")


def _facts(letter: "DeadLetterContent") -> Iterator[tuple[str, str]]:
    from airdock.cli.run_lines import local_time

    yield "id", letter.id
    yield "listener", letter.listener
    yield "source", letter.source
    yield "state", letter.state
    yield "error", f"{letter.code}: {letter.message}"
    yield "run", letter.run
    yield "attempts", str(letter.attempts)
    yield "arrived", local_time(letter.arrived)
    yield "died", local_time(letter.died)
    yield "message id", letter.message_id
    yield "key", letter.key
    yield "content type", letter.content_type
    for name, value in sorted(letter.headers.items()):
        yield "header", f"{name}: {value}"
    for name, about in sorted(letter.about.items()):
        yield "about", f"{name}: {about}"


def _body(letter: "DeadLetterContent") -> str:
    if letter.encoding == "json":
        import msgspec

        return msgspec.json.format(msgspec.json.encode(letter.body), indent=2).decode()
    return str(letter.body)
