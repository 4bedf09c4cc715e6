"""Checks of lists of which the order counts: steps and lines of the log."""

from collections.abc import Iterator, Sequence
from typing import Any

from airdock.descriptor.names import nearest
from airdock.errors import Place
from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.flow_test.expectation import Order
from airdock.testing.runner.compare import difference
from airdock.testing.runner.results import Failure


def check_order(
    expected: Any, found: Sequence[tuple[str, ...]], place: Place, what: str, values: Exchange
) -> Iterator[Failure]:
    """What is not as expected.

    Args:
        expected: A list of texts, or an `Order`. found: Each entry by all of its names, the first one to be shown.
        what: `steps` or `log`.
    """
    if isinstance(expected, Order):
        yield from _partly(expected, found, what, values)
        return
    wanted = _texts(expected, values)
    if len(wanted) != len(found) or not all(text in names for text, names in zip(wanted, found, strict=True)):
        # Where a name stands for a path the two are not a difference.
        shown = [_as_written(names, wanted) for names in found]
        yield Failure(place, f"other {_things(what)}", difference(wanted, shown))


def _partly(expected: Order, found: Sequence[tuple[str, ...]], what: str, values: Exchange) -> Iterator[Failure]:
    known = sorted({name for names in found for name in names})
    for text in _texts(expected.contains, values):
        if text not in known:
            near = nearest(text, known)
            hint = f": did you mean {near!r}?" if near else ""
            yield Failure(expected.place_of("contains"), f"{text!r} is not among {_those(what)}{hint}", _shown(found))
    for text in _texts(expected.not_, values):
        if text in known:
            yield Failure(expected.place_of("not"), f"{text!r} is among {_those(what)}", _shown(found))
    rest = iter(found)
    for text in _texts(expected.in_order, values):
        if not any(text in names for names in rest):
            where = "comes earlier" if text in known else "is not there"
            yield Failure(expected.place_of("inOrder"), f"{text!r} {where}", _shown(found))
            return


def _texts(templates: list[Template], values: Exchange) -> list[str]:
    return [template.text(values) for template in templates]


def _as_written(names: tuple[str, ...], wanted: list[str]) -> str:
    return next((name for name in names if name in wanted), names[0])


def _things(what: str) -> str:
    return "steps were taken" if what == "steps" else "lines were logged"


def _those(what: str) -> str:
    return "the steps taken" if what == "steps" else "the lines of the log"


def _shown(found: Sequence[tuple[str, ...]]) -> list[str]:
    return [f"+ {names[0]}" for names in found[:20]]
