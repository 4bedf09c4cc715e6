"""Camel's handlers of errors: `doTry`, `onException`, redelivery."""

from typing import Any

from airdock.camel import languages
from airdock.camel.context import Context, StepDict, Translate, flag, member, number, text
from airdock.camel.durations import duration
from airdock.descriptor.tree import Node

_EVERYTHING = ("Exception", "Throwable", "RuntimeException", "CamelExecutionException", "Error")
_KNOWN = {
    "TimeoutException": "timeout",
    "ExchangeTimedOutException": "timeout",
    "SocketTimeoutException": "timeout",
    "HttpOperationFailedException": "connector.http.*",
    "ConnectException": "connector.*",
    "IOException": "connector.*",
    "PredicateValidationException": "validate.*",
    "ValidationException": "validate.*",
    "CallNotPermittedException": "circuitBreaker.open",
    "ThrottlerRejectedExecutionException": "throttle.rejected",
}


def _do_try(context: Context, node: Node) -> StepDict:
    step: StepDict = {"type": "try", "steps": context.inside(node)}
    catches = member(node, "doCatch")
    if catches is not None and isinstance(catches.value, list):
        step["catch"] = [_caught(context, each) for each in catches.value]
    last = member(node, "doFinally")
    if last is not None:
        step["finally"] = context.inside(last)
    return step


def _caught(context: Context, node: Node) -> dict[str, Any]:
    entry: dict[str, Any] = _codes(context, node)
    condition = member(node, "onWhen")
    if condition is not None:
        entry["when"] = languages.predicate(condition)
    return {**entry, "steps": context.inside(node)}


def _codes(context: Context, node: Node) -> dict[str, Any]:
    """The codes of errors for the names of exceptions; none for all."""
    classes = member(node, "exception")
    listed = classes.value if classes is not None and isinstance(classes.value, list) else []
    names = [str(each.value).rpartition(".")[2] for each in listed]
    if not names or any(name in _EVERYTHING for name in names):
        return {}
    for each, name in zip(listed, names, strict=True):
        if name not in _KNOWN:
            message = f"errors of the code {name!r} are taken, which only a translated throwException raises"
            context.notes.differs(each, "exception", message)
    return {"on": [_KNOWN.get(name, name) for name in names]}


def on_exception(context: Context, node: Node) -> dict[str, Any]:
    """An `onException` as an entry of `onError`."""
    entry = _codes(context, node)
    condition = member(node, "onWhen")
    if condition is not None:
        entry["when"] = languages.predicate(condition)
    retry = redelivery(context, node)
    if retry is not None:
        entry["retry"] = retry
    handled, continued = member(node, "handled"), member(node, "continued")
    entry["steps"] = context.inside(node)
    if continued is not None and languages.predicate(continued) == "true":
        return {**entry, "continue": True}
    if handled is None or languages.predicate(handled) != "true":
        entry["handled"] = False
    context.ignore(node, "onException", "retryWhile", "onRedeliveryRef", "useOriginalMessage", "useOriginalBody")
    return entry


def redelivery(context: Context, node: Node) -> dict[str, Any] | None:
    """A redelivery policy as `retry`; None where there is none."""
    policy = member(node, "redeliveryPolicy")
    if policy is None:
        return None
    most = number(policy, "maximumRedeliveries")
    if most is None or most == 0:
        return None
    if most < 0:
        context.notes.differs(policy, "redeliveryPolicy.maximumRedeliveries", "it is tried 1000 times, not for ever")
    retry: dict[str, Any] = {"attempts": min(most + 1, 1000) if most > 0 else 1000}
    retry["delay"] = duration(text(policy, "redeliveryDelay") or "1000")
    if flag(policy, "useExponentialBackOff"):
        retry["backoff"] = float(text(policy, "backOffMultiplier") or "2")
        retry["maxDelay"] = duration(text(policy, "maximumRedeliveryDelay") or "60000")
    if flag(policy, "useCollisionAvoidance"):
        retry["jitter"] = float(text(policy, "collisionAvoidanceFactor") or "0.15")
    context.ignore(policy, "redeliveryPolicy", "delayPattern", "asyncDelayedRedelivery", "exceptionPolicyRef")
    return retry


ERRORS: dict[str, Translate] = {"doTry": _do_try}
"""By Camel's name."""
