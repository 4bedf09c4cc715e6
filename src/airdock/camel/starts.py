"""Where Camel's routes begin: addresses and schedules."""

import re
from typing import Any

from airdock.camel.durations import quartz, seconds
from airdock.camel.endpoints import Endpoint

_HTTP = ("platform-http", "undertow", "jetty", "netty-http", "servlet", "rest")
_CALLED = ("direct", "direct-vm", "seda", "vm", "disruptor")
_HOST = re.compile(r"^(?:https?:)?/{0,2}[^/]*:\d+|^https?:/*[^/]*")


def route_of(endpoint: Endpoint) -> dict[str, Any] | None:
    """`path` and `methods` of a flow whose route began at an address; None for any other."""
    if endpoint.scheme not in _HTTP:
        return None
    methods = endpoint.options.get("httpMethodRestrict", "")
    name = endpoint.name
    if endpoint.scheme == "rest":
        method, _, name = name.partition(":")
        methods = methods or method
    path = "/" + _HOST.sub("", name).strip("/").replace(":", "/")
    found: dict[str, Any] = {"path": path} if path != "/" else {}
    listed = [each.strip().upper() for each in methods.split(",") if each.strip()]
    return {**found, **({"methods": listed} if listed else {})}


def job_of(endpoint: Endpoint, module: str) -> dict[str, Any] | str | None:
    """The job that starts a flow whose route began by a schedule; a sentence for what begins in another way.

    None for what is called, or has an address.

    Raises:
        UntranslatableError: no Quartz expression says the schedule.
    """
    scheme, options = endpoint.scheme, endpoint.options
    if scheme in ("timer", "scheduler"):
        period = options.get("period") or options.get("delay") or ("1000" if scheme == "timer" else "500")
        return _job(quartz(seconds(period)), module)
    if scheme == "quartz" and "cron" in options:
        return _job(options["cron"].replace("+", " "), module)
    if scheme == "cron" and "schedule" in options:
        return _job(_quartz_of(options["schedule"].replace("+", " ")), module)
    if scheme in _CALLED or scheme in _HTTP:
        return None
    return f"the flow answers at its address; what comes from {endpoint.uri!r} needs a listener that calls it"


def _job(expression: str, module: str) -> dict[str, Any]:
    return {"expression": expression, "type": "flow", "module": module}


def _quartz_of(schedule: str) -> str:
    """Camel's cron component takes cron expressions of five fields, too, and stars where Quartz wants `?`."""
    fields = schedule.split()
    if len(fields) == 5:
        fields = ["0", *fields]
    if len(fields) >= 6 and fields[3] == "*" and fields[5] == "*":
        fields[5] = "?"
    return " ".join(fields)
