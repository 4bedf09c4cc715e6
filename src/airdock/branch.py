"""Branches of a run: copies of its exchange on which steps run side by side, or one after another for each item."""

from collections.abc import Callable
from time import perf_counter_ns
from typing import Any

from airdock.copying import ATOMS, copy_value
from airdock.exchange import BranchEnd, Exchange, Run
from airdock.response import ABSENT, Headers, Response
from airdock.streams import refuse_stream

MOST_STEPS = 10_000
"""So many steps of a run are noted; of what runs many times, only the first rounds and those that fail are."""

MAX_CALLS = 100_000
"""How many calls of flows a run may make."""


def branch_of(exchange: Exchange, body: Any = ABSENT, run: Run | None = None) -> Exchange:
    """A copy that shares nothing which a step could change: properties, headers, body, answer and trail are its own.

    The request is shared, as nothing changes it; a body that is still on the wire must have been read before. The
    answer is empty: what the branch writes is taken over by `join`.

    Args:
        exchange: What is copied.
        body: The copy's body, not copied; a copy of the exchange's body if left out.
        run: Whose run the copy is; the same one if left out.

    Raises:
        FlowError: `request.body`, the request's body does not fit its content type; `stream.used`, the body can be
            read only once.
        RecursionError: a value is nested too deeply.
    """
    if body is ABSENT:
        body, body_set = copy_value(exchange.body), exchange.body_set
        refuse_stream(body)
    else:
        body_set = True
    properties = {
        name: value if type(value) in ATOMS else copy_value(value) for name, value in exchange.properties.items()
    }
    document = exchange.document.copy()
    document["properties"] = properties
    document["body"] = body
    headers = document.get("headers")
    if headers is not None:
        document["headers"] = Headers(copy_value(headers))
    if run is not None:
        document.pop("run", None)
    trail = exchange.trail
    return Exchange(
        run or exchange.run,
        exchange.request,
        exchange.config,
        None if trail is None else [],
        exchange.flows,
        properties,
        Response(),
        body_set,
        exchange.depth,
        exchange.calls,
        own_document=document,
        typed=exchange.typed,
    )


def brancher(exchange: Exchange, scope: str) -> Callable[[Any, Any], Exchange]:
    """Makes many branches of a message that does not change meanwhile, at half the cost of `branch_of`.

    Args:
        scope: A name that expressions of the branches see beside `body`.

    The callable takes a branch's body and the value of the scope, and copies neither.
    """
    template = exchange.document.copy()
    template["properties"] = template["body"] = None
    source, headers = exchange.properties, template.get("headers")
    flat = ATOMS.issuperset(map(type, source.values()))
    run, request, config, flows = exchange.run, exchange.request, exchange.config, exchange.flows
    depth, traced = exchange.depth, exchange.trail is not None

    def branch(body: Any, value: Any) -> Exchange:
        document = template.copy()
        properties = source.copy() if flat else copy_value(source)
        document["properties"] = properties
        document["body"] = body
        document[scope] = value
        if headers is not None:
            document["headers"] = Headers(copy_value(headers))
        trail: list[Any] | None = [] if traced else None
        return Exchange(
            run,
            request,
            config,
            trail,
            flows,
            properties,
            Response(),
            True,
            depth,
            exchange.calls,
            own_document=document,
        )

    return branch


def share_calls(exchange: Exchange, branch: Exchange, among: int) -> None:
    """Gives a branch that runs beside others its share of the calls of flows that are left.

    Else a flow that calls itself in several branches would be called as often in each of them.
    """
    branch.calls = MAX_CALLS - max(MAX_CALLS - exchange.calls, 0) // among


def join(exchange: Exchange, branch: Exchange, path: str, calls: int | None = None) -> None:
    """Takes over, when a branch has ended, what it wrote to the answer and the steps that it took.

    The branches of a step are joined in the order that its author knows, however they ran. Body, headers and
    properties of the branch are the business of the step.

    Args:
        path: Of the step whose branch it is. calls: The branch's when it began; the exchange's if left out.

    A branch that noted its steps in the exchange's own trail has nothing to be taken over there.
    """
    # Of a flow that others call the calls add up, so that a recursion by branches has an end.
    if exchange.depth:
        exchange.calls += max(branch.calls - (exchange.calls if calls is None else calls), 0)
    trail = exchange.trail
    if trail is not None and branch.trail and branch.trail is not trail and len(trail) < 2 * MOST_STEPS:
        if not _is_end(branch.trail[-2], path):
            end_trail(branch, path)
        trail += branch.trail
    if branch.endings is not None:
        # It had no edge of its own (`Compiler.branch`): what it asked for is done when the exchange ends.
        for key, call in branch.endings.items():
            exchange.at_end(key, call)
        branch.endings = None
    response, written = exchange.response, branch.response
    if written.parts:
        response.parts += written.parts
    if written.status is not None:
        response.status = written.status
    if written.own_headers:
        response.headers.update(written.own_headers)
    if written.body is not ABSENT:
        response.body = written.body


def end_trail(branch: Exchange, path: str) -> None:
    """Notes that a branch has ended, where it is joined later, when others have ended, too."""
    if branch.trail:
        branch.trail += (BranchEnd(path), perf_counter_ns())


def _is_end(entry: Any, path: str) -> bool:
    return type(entry) is BranchEnd and entry.path == path


def become(exchange: Exchange, branch: Exchange) -> None:
    """Makes the message what a branch has made of its copy; the branch is not used any more."""
    document = exchange.document
    exchange.properties = document["properties"] = branch.properties
    for part in ("body", "headers"):
        if part in branch.document:
            document[part] = branch.document[part]
    exchange.body_set = branch.body_set
    exchange.typed = branch.typed


def forget_round(trail: list[Any] | None, mark: int) -> None:
    """Takes a round that ended well out of a trail that is long enough, for steps that run others many times.

    Args:
        mark: The trail's length when the round began.
    """
    if trail is not None and mark >= 2 * MOST_STEPS:
        del trail[mark:]
