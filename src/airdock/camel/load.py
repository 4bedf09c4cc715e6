"""Camel's processors that keep state, and those against load and failures."""

from typing import Any

from airdock.camel import languages
from airdock.camel.context import Context, StepDict, Translate, flag, member, number, text
from airdock.camel.durations import duration
from airdock.camel.endpoints import endpoint_of, file_name
from airdock.camel.notes import UntranslatableError
from airdock.descriptor.tree import Node


def _aggregate(context: Context, node: Node) -> StepDict:
    step: StepDict = {"type": "aggregate"}
    correlation = member(node, "correlationExpression")
    if correlation is not None and (languages.find_expression(correlation) or ("",))[0] != "constant":
        step["correlation"] = languages.source(correlation)
    step |= _completions(node)
    strategy = text(node, "aggregationStrategy")
    step["aggregate"] = "latest" if not strategy or "UseLatest" in strategy else "list"
    if strategy and "UseLatest" not in strategy and "Grouped" not in strategy:
        message = f"the Java class {strategy!r} has no counterpart; `list` stands in its place"
        context.notes.differs(node.value["aggregationStrategy"], "aggregate.aggregationStrategy", message)
    step |= {name: True for name in _AGGREGATE_FLAGS if flag(node, name)}
    closed = number(node, "closeCorrelationKeyOnCompletion")
    step |= {"closeCorrelationKeyOnCompletion": closed} if closed else {}
    context.ignore(node, "aggregate", *_AGGREGATE_IGNORED)
    return {**step, "steps": context.inside(node)}


_AGGREGATE_FLAGS = ("eagerCheckCompletion", "ignoreInvalidCorrelationKeys", "discardOnCompletionTimeout")
_AGGREGATE_IGNORED = (
    "aggregationRepository", "aggregateController", "completionFromBatchConsumer", "completionOnNewCorrelationGroup",
    "discardOnAggregationFailure", "executorService", "forceCompletionOnStop", "completeAllOnStop", "optimisticLocking",
    "parallelProcessing", "timeoutCheckerExecutorService",
)  # fmt: skip


def _completions(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    size = number(node, "completionSize")
    if size:
        found["completionSize"] = size
    for name in ("completionTimeout", "completionInterval"):
        time = text(node, name)
        if time and time != "0":
            found[name] = duration(time)
    computed = {"completionSizeExpression": "completionSize", "completionTimeoutExpression": "completionTimeout"}
    for name, field in computed.items():
        inner = member(node, name)
        if inner is not None:
            value = languages.source(inner)
            found[field] = f"${{{value}}}" if field == "completionSize" else f"${{$number({value}) / 1000}}"
    predicate = member(node, "completionPredicate")
    if predicate is not None:
        found["completionPredicate"] = languages.predicate(predicate)
    return found


def _resequence(context: Context, node: Node) -> StepDict:
    step: StepDict = {"type": "resequence", "expression": languages.source(node)}
    batch, stream = (member(node, name) for name in ("batchConfig", "streamConfig"))
    if stream is not None:
        step["mode"] = "stream"
        step |= _options(stream, {"capacity": number}, {"timeout": "gapTimeout", "deliveryAttemptInterval": ""})
        step |= {"rejectOld": True} if flag(stream, "rejectOld") else {}
        context.ignore(stream, "resequence", "comparator", "ignoreInvalidExchanges")
    elif batch is not None:
        step |= _options(batch, {"batchSize": number}, {"batchTimeout": ""})
        step |= {name: True for name in ("allowDuplicates", "reverse", "ignoreInvalidExchanges") if flag(batch, name)}
    return {**step, "steps": context.inside(node)}


def _options(node: Node, numbers: dict[str, Any], times: dict[str, str]) -> dict[str, Any]:
    """Options by their names; of a time the name in a descriptor, where it is another one."""
    found: dict[str, Any] = {}
    for name in numbers:
        value = number(node, name)
        found |= {name: value} if value is not None else {}
    for name, ours in times.items():
        time = text(node, name)
        found |= {ours or name: duration(time)} if time else {}
    return found


def _throttle(context: Context, node: Node) -> StepDict:
    limit = languages.template(node)
    limit = int(limit) if str(limit).isdigit() else limit
    step: StepDict = {"type": "throttle"}
    if text(node, "mode") == "ConcurrentRequests":
        step |= {"mode": "concurrency", "maximumConcurrent": limit}
    else:
        period = text(node, "timePeriodMillis")
        step |= {"maximumRequests": limit, "timePeriod": duration(period or "1000")}
    if flag(node, "rejectExecution"):
        step["rejectExecution"] = True
    correlation = member(node, "correlationExpression")
    if correlation is not None:
        step["correlation"] = languages.source(correlation)
    context.ignore(node, "throttle", "executorService", "asyncDelayed", "callerRunsWhenRejected")
    return step


def _circuit_breaker(context: Context, node: Node) -> StepDict:
    step: StepDict = {"type": "circuitBreaker", "steps": context.inside(node)}
    fallback = member(node, "onFallback")
    if fallback is not None:
        step["onFallback"] = context.inside(fallback)
        context.ignore(fallback, "circuitBreaker.onFallback", "fallbackViaNetwork")
    settings = member(node, "resilience4jConfiguration")
    if settings is not None:
        step |= _breaker_options(settings)
        context.ignore(settings, "circuitBreaker", *_BREAKER_IGNORED)
    context.ignore(node, "circuitBreaker", "configuration", "faultToleranceConfiguration")
    return step


def _breaker_options(settings: Node) -> dict[str, Any]:
    counts = ("failureRateThreshold", "slowCallRateThreshold", "slidingWindowSize", "minimumNumberOfCalls",
              "permittedNumberOfCallsInHalfOpenState")  # fmt: skip
    found: dict[str, Any] = {name: number(settings, name) for name in counts if text(settings, name)}
    for name in ("waitDurationInOpenState", "slowCallDurationThreshold"):
        # Of these, and of these only, Camel counts seconds.
        time = text(settings, name)
        found |= {name: f"{time}s" if time.isdigit() else duration(time)} if time else {}
    if flag(settings, "timeoutEnabled"):
        found["timeoutDuration"] = duration(text(settings, "timeoutDuration") or "1000")
    kind = text(settings, "slidingWindowType")
    found |= {"slidingWindowType": "time" if "TIME" in kind.upper() else "count"} if kind else {}
    if flag(settings, "automaticTransitionFromOpenToHalfOpenEnabled"):
        found["automaticTransitionFromOpenToHalfOpen"] = True
    return found


_BREAKER_IGNORED = (
    "bulkheadEnabled", "bulkheadMaxConcurrentCalls", "bulkheadMaxWaitDuration", "circuitBreaker", "config",
    "micrometerEnabled", "throwExceptionWhenHalfOpenOrOpenState", "timeoutCancelRunningFuture", "recordException",
    "timeoutExecutorService", "writableStackTraceEnabled", "ignoreException",
)  # fmt: skip


def _idempotent(context: Context, node: Node) -> StepDict:
    step: StepDict = {"type": "idempotent", "key": languages.source(node)}
    for name in ("eager", "skipDuplicate", "removeOnFailure"):
        if text(node, name) == "false":
            step[name] = False
    context.ignore(node, "idempotentConsumer", "completionEager")
    return {**step, "steps": context.inside(node)}


def _claim_check(context: Context, node: Node) -> StepDict:
    names = {"Get": "get", "GetAndRemove": "getAndRemove", "Set": "set", "Push": "push", "Pop": "pop"}
    operation = names.get(text(node, "operation"))
    if operation is None:
        raise UntranslatableError(f"the operation {text(node, 'operation')!r} is none of {', '.join(names)}")
    step: StepDict = {"type": "claimCheck", "operation": operation}
    step |= {name: text(node, name) for name in ("key", "filter") if text(node, name)}
    context.ignore(node, "claimCheck", "aggregationStrategy")
    return step


def _saga(context: Context, node: Node) -> StepDict:
    steps = context.inside(node)
    action: StepDict = {"steps": steps}
    compensation = _flow_of(context, node, "compensation")
    if compensation is not None:
        action["compensation"] = [compensation]
    step: StepDict = {"type": "saga", "actions": [action]}
    completion = _flow_of(context, node, "completion")
    if completion is not None:
        step["completion"] = [completion]
    time = text(node, "timeout")
    step |= {"timeout": duration(time)} if time else {}
    context.ignore(node, "saga", "completionMode", "propagation", "sagaService", "option")
    return step


def _flow_of(context: Context, node: Node, name: str) -> StepDict | None:
    found = member(node, name)
    endpoint = endpoint_of(found) if found is not None else None
    if endpoint is None:
        return None
    if endpoint.scheme != "direct":
        raise UntranslatableError(f"{name} leads to {endpoint.uri!r}, which is none of the flows")
    return {"type": "flow", "module": context.module(file_name(endpoint.name))}


LOAD: dict[str, Translate] = {
    "aggregate": _aggregate,
    "resequence": _resequence,
    "throttle": _throttle,
    "circuitBreaker": _circuit_breaker,
    "idempotentConsumer": _idempotent,
    "claimCheck": _claim_check,
    "saga": _saga,
}
"""By Camel's name."""
