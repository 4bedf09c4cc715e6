"""Flows as steps: in place, or another flow by its path."""

import re
from collections.abc import Awaitable, Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from airdock.branch import MAX_CALLS
from airdock.engine.common import SetProperties, with_properties
from airdock.engine.recovery import FlowEnded, Recovery
from airdock.errors import FlowError
from airdock.exchange import Exchange, Step

MAX_DEPTH = 50
"""How many flows deep a run may call other flows."""
_COST_OF_TOO_DEEP = 1000
"""For how many calls one that is too deep counts: a flow that catches the error and calls itself anew must end soon."""

_PATH = re.compile(r"/?(?!~)(?:(?!\.{1,2}/)[^/\\%\x00-\x1f\x7f-\x9f]+/)*[^/\\%\x00-\x1f\x7f-\x9f]+\.flow")
_LONGEST_PATH = 1000


def flow_body(block: Step, set_properties: SetProperties | None, recovery: Recovery | None) -> Step:
    """A flow's steps behind its properties; an error that its own handlers took ends it well."""
    steps = block if recovery is None else _ending(block, recovery)
    return steps if set_properties is None else with_properties(steps, set_properties)


def _ending(block: Step, recovery: Recovery) -> Step:
    """Takes the end of the flow that a handler of it asked for. Handlers run awaited, so only awaiting can meet it."""

    def run(exchange: Exchange) -> Awaitable[None] | None:
        pending = block(exchange)
        return None if pending is None else _until_ended(pending, recovery)

    return run


async def _until_ended(pending: Awaitable[None], recovery: Recovery) -> None:
    try:
        await pending
    except FlowEnded as ended:
        if ended.recovery is not recovery:
            raise


def flow_call(path: str, key: str, begun: Step | None = None) -> Step:
    """Calls a flow as it was when the run began.

    Args:
        path: The flow's, for messages. key: Under which `Exchange.flows` has it.
        begun: What is left of the flow, where a run goes on inside it.

    The step raises FlowError `flow.missing` when there is none, and `flow.depth` when calls are nested too deep or are
    too many.
    """

    def run(exchange: Exchange) -> Awaitable[None] | None:
        flows = exchange.flows
        flow = begun or (flows.get(key) if flows is not None else None)
        if flow is None:
            raise FlowError("flow.missing", f"the flow {path!r} is not enabled")
        depth = exchange.depth
        if depth >= MAX_DEPTH:
            exchange.calls += _COST_OF_TOO_DEEP
            raise FlowError("flow.depth", f"flows call each other more than {MAX_DEPTH} deep; the last is {path!r}")
        if exchange.calls >= MAX_CALLS:
            raise FlowError("flow.depth", f"the run called flows more than {MAX_CALLS} times; the last is {path!r}")
        exchange.calls += 1
        exchange.depth = depth + 1
        pending = flow(exchange)
        if pending is not None:
            return _leave(pending, exchange, depth)
        exchange.depth = depth
        return None

    return run


def flows_among(
    allow: Sequence[str], project: str, key_of: Callable[[str], Sequence[str]]
) -> Callable[[Any, Exchange], Step]:
    """Gives the calls of flows that messages name.

    Args:
        allow: Globs of registry paths; those of the project if empty. project: Of the flow that asks.
        key_of: The keys under which `Exchange.flows` may have a path, the nearest first.

    The callable raises FlowError `flow.path`, `flow.notAllowed` or `flow.missing`.
    """
    patterns = [pattern.removeprefix("/") for pattern in allow]

    def named(path: Any, exchange: Exchange) -> Step:
        plain = _plain(path)
        allowed = any(fnmatchcase(plain, each) for each in patterns) if patterns else belongs(plain, project)
        if not allowed:
            raise FlowError("flow.notAllowed", f"the flow {path!r} is none that the step may call")
        flows = exchange.flows or {}
        key = next((key for key in key_of(plain) if key in flows), None)
        if key is None:
            raise FlowError("flow.missing", f"the flow {path!r} is not enabled")
        return flow_call(path, key)

    return named


def belongs(path: str, project: str) -> bool:
    """Whether a registry path is one of the project; of the root, where that has no name."""
    return path.startswith(f"{project}/") if project else "/" not in path


def _plain(path: Any) -> str:
    """The registry path that a message names, as it is written there.

    Raises:
        FlowError: `flow.path`, it is none. Nothing is decoded, resolved or mended: what is not written as the path of
            a flow is no such path, and sandboxes, whose flows have keys that begin with `~`, have none.
    """
    if not isinstance(path, str):
        raise FlowError("flow.path", f"a {type(path).__name__} stands where the path of a flow is expected")
    if len(path) <= _LONGEST_PATH and _PATH.fullmatch(path):
        return path.removeprefix("/")
    raise FlowError("flow.path", f"{path[:200]!r} is no path of a flow, such as '/shop/price.flow'")


async def _leave(pending: Awaitable[None], exchange: Exchange, depth: int) -> None:
    await pending
    exchange.depth = depth
