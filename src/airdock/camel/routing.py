"""Camel's processors that route: branches, loops, endpoints."""

from typing import Any

from airdock.camel import languages
from airdock.camel.context import Context, StepDict, Translate, flag, member, number, text
from airdock.camel.durations import duration
from airdock.camel.endpoints import Endpoint, endpoint_of, file_name
from airdock.camel.notes import UntranslatableError
from airdock.camel.simple import expression_of
from airdock.descriptor.tree import Node

_NOWHERE = ("mock", "stub", "dataset-test")
_LEVELS = {"TRACE": "debug", "DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error"}


def _choice(context: Context, node: Node) -> StepDict:
    whens = member(node, "when")
    listed = whens.value if whens is not None and isinstance(whens.value, list) else []
    cases = [{"when": languages.predicate(each), "flow": {"steps": context.inside(each)}} for each in listed]
    step: StepDict = {"type": "condition", "cases": cases}
    otherwise = member(node, "otherwise")
    if otherwise is not None:
        step["otherwise"] = {"steps": context.inside(otherwise)}
    context.ignore(node, "choice", "precondition")
    return step


def _filter(context: Context, node: Node) -> StepDict:
    return {"type": "filter", "expression": languages.predicate(node), "steps": context.inside(node)}


def _loop(context: Context, node: Node) -> StepDict:
    step: StepDict = {"type": "loop"}
    if flag(node, "doWhile"):
        step["while"] = languages.predicate(node)
    else:
        step["count"] = _count(node)
    if flag(node, "copy"):
        step["copy"] = True
    context.ignore(node, "loop", "breakOnShutdown")
    return {**step, "steps": context.inside(node)}


def _count(node: Node) -> Any:
    template = languages.template(node)
    return int(template) if str(template).isdigit() else template


def _split(context: Context, node: Node) -> StepDict:
    found = languages.find_expression(node)
    step: StepDict = {"type": "split"}
    if found is not None and found[0] == "tokenize":
        token = found[1].value if isinstance(found[1].value, str) else text(found[1], "token")
        step |= {"expression": "body", "delimiter": token}
        group = text(found[1], "group")
        step |= {"group": int(group)} if group.isdigit() else {}
        context.ignore(found[1], "split.tokenize", "endToken", "xml", "regex", "inheritNamespaceTagName")
    else:
        step["expression"] = languages.source(node)
        delimiter = text(node, "delimiter")
        step |= {"delimiter": delimiter} if delimiter and delimiter != "false" else {}
    context.ignore(node, "split", "executorService", "onPrepare", "shareUnitOfWork", "parallelAggregate")
    return {**step, **_sides(context, node, "split"), "steps": context.inside(node)}


def _sides(context: Context, node: Node, what: str) -> dict[str, Any]:
    """The options that all patterns with branches have."""
    options: dict[str, Any] = {}
    if flag(node, "parallelProcessing"):
        options["parallel"] = True
    if flag(node, "stopOnException"):
        options["stopOnError"] = True
    limit = text(node, "timeout")
    if limit and limit != "0":
        options["timeout"] = duration(limit)
    strategy = text(node, "aggregationStrategy")
    if strategy:
        options["aggregate"] = _strategy(context, node, what, strategy)
    return options


def _strategy(context: Context, node: Node, what: str, strategy: str) -> str:
    for word, name in (("UseLatest", "latest"), ("GroupedBody", "list"), ("GroupedExchange", "list")):
        if word in strategy:
            return name
    found = member(node, "aggregationStrategy")
    message = f"the Java class {strategy!r} has no counterpart; `list` stands in its place"
    context.notes.differs(found or node, f"{what}.aggregationStrategy", message)
    return "list"


def _multicast(context: Context, node: Node) -> StepDict:
    flows = [{"steps": [step]} for step in context.inside(node)]
    context.ignore(node, "multicast", "executorService", "onPrepare", "shareUnitOfWork", "parallelAggregate")
    return {"type": "multicast", "flows": flows, **_sides(context, node, "multicast")}


def _dynamic(type: str) -> Translate:
    def translate(context: Context, node: Node) -> StepDict:
        step: StepDict = {"type": type, "expression": languages.source(node)}
        if flag(node, "ignoreInvalidEndpoints"):
            step["ignoreInvalidEndpoints"] = True
        delimiter = text(node, "delimiter") or text(node, "uriDelimiter")
        if delimiter:
            step["delimiter"] = False if delimiter == "false" else delimiter
        context.ignore(node, type, "cacheSize", "executorService", "onPrepare", "shareUnitOfWork")
        advice = f"the expression must give paths of flows, such as {context.module('x')}, where it gave endpoints"
        context.notes.differs(node, type, advice)
        return {**step, **(_sides(context, node, type) if type == "recipientList" else {})}

    return translate


def _to(context: Context, node: Node) -> StepDict | None:
    endpoint = endpoint_of(node)
    if endpoint is None:
        raise UntranslatableError("it names no endpoint")
    return _sent(context, node, endpoint)


def _sent(context: Context, node: Node, endpoint: Endpoint) -> StepDict | None:
    scheme = endpoint.scheme
    if scheme in ("direct", "direct-vm"):
        return {"type": "flow", "module": context.module(file_name(endpoint.name))}
    if scheme in ("seda", "vm", "disruptor"):
        return {"type": "wireTap", "module": context.module(file_name(endpoint.name))}
    if scheme == "log":
        level = _LEVELS.get(endpoint.options.get("level", "INFO").upper(), "info")
        return {"type": "log", "message": f"{endpoint.name}: ${{body}}", "level": level}
    if scheme in _NOWHERE:
        context.notes.differs(node, endpoint.uri, "it is there for tests and left out: `airdock test` has mocks")
        return None
    raise UntranslatableError(f"the component {endpoint.uri!r} is not translated: write the step that reaches it")


def _to_dynamic(context: Context, node: Node) -> StepDict | None:
    uri = node.value if isinstance(node.value, str) else text(node, "uri")
    if "${" not in uri:
        return _to(context, node)
    scheme, _, name = uri.partition(":")
    if scheme != "direct":
        raise UntranslatableError(f"a computed endpoint of the component {scheme!r} has no counterpart")
    source = expression_of(name)
    return {"type": "recipientList", "expression": f'"/{context.project}/" & {source} & ".flow"'}


def _wire_tap(context: Context, node: Node) -> StepDict:
    endpoint = endpoint_of(node)
    if endpoint is None or "${" in endpoint.name:
        raise UntranslatableError("a tap to a computed endpoint has no counterpart")
    context.ignore(node, "wireTap", "executorService", "onPrepare", "dynamicUri")
    if endpoint.scheme in ("direct", "seda", "vm"):
        return {"type": "wireTap", "module": context.module(file_name(endpoint.name))}
    step = _sent(context, node, endpoint)
    return {"type": "wireTap", "flow": {"steps": [step] if step else []}}


def _load_balance(context: Context, node: Node) -> StepDict:
    flows = [{"steps": [step]} for step in context.inside(node)]
    for camel, mode in _BALANCERS.items():
        options = member(node, camel)
        if options is not None:
            return {"type": "loadBalance", "mode": mode, "flows": flows, **_balanced(context, options, mode)}
    raise UntranslatableError("a load balancer of one's own has no counterpart")


_BALANCERS = {
    "roundRobinLoadBalancer": "roundRobin", "roundRobin": "roundRobin",
    "randomLoadBalancer": "random", "random": "random",
    "weightedLoadBalancer": "weighted", "weighted": "weighted",
    "stickyLoadBalancer": "sticky", "sticky": "sticky",
    "failoverLoadBalancer": "failover", "failover": "failover",
    "topicLoadBalancer": "topic", "topic": "topic",
}  # fmt: skip


def _balanced(context: Context, options: Node, mode: str) -> dict[str, Any]:
    if mode == "weighted":
        ratios = text(options, "distributionRatio").replace(text(options, "distributionRatioDelimiter") or ",", " ")
        return {"weights": [int(each) for each in ratios.split()]}
    if mode == "sticky":
        inner = member(options, "correlationExpression")
        return {"correlation": languages.source(inner if inner is not None else options)}
    if mode == "failover":
        attempts = number(options, "maximumFailoverAttempts")
        context.ignore(options, "failover", "inheritErrorHandler", "sticky", "exception")
        found: dict[str, Any] = {"roundRobin": True} if flag(options, "roundRobin") else {}
        return found if attempts is None or attempts < 0 else {**found, "maximumFailoverAttempts": attempts}
    return {}


def _enrich(type: str) -> Translate:
    def translate(context: Context, node: Node) -> StepDict:
        found = languages.find_expression(node)
        name = str(found[1].value if found and not isinstance(found[1].value, dict) else "")
        scheme, _, target = name.partition(":")
        if scheme not in ("direct", "seda") or "${" in name:
            raise UntranslatableError(f"the resource {name!r} is none of the flows: write a flow that fetches it")
        step: StepDict = {"type": type, "module": context.module(file_name(target.partition("?")[0]))}
        strategy = text(node, "aggregationStrategy")
        if strategy:
            step["aggregate"] = _strategy(context, node, type, strategy)
        limit = text(node, "timeout")
        if type == "pollEnrich" and limit and not limit.startswith("-"):
            step["timeout"] = duration(limit)
        context.ignore(node, type, "cacheSize", "shareUnitOfWork", "autoStartComponents")
        return step

    return translate


ROUTING: dict[str, Translate] = {
    "choice": _choice,
    "filter": _filter,
    "loop": _loop,
    "split": _split,
    "multicast": _multicast,
    "recipientList": _dynamic("recipientList"),
    "routingSlip": _dynamic("routingSlip"),
    "dynamicRouter": _dynamic("dynamicRouter"),
    "to": _to,
    "toD": _to_dynamic,
    "wireTap": _wire_tap,
    "loadBalance": _load_balance,
    "enrich": _enrich("enrich"),
    "pollEnrich": _enrich("pollEnrich"),
}
"""By Camel's name."""
