"""What the RSGI and the ASGI face share: from a request to its answer."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from airdock.codes import CODES
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.spec.streaming import WebSocket
from airdock.triggers.http.advice import nearest_address
from airdock.triggers.http.answer import Answer, make_answer
from airdock.triggers.http.callers import BEARER, Caller, Callers, NoCallers
from airdock.triggers.http.failures import FailureLog
from airdock.triggers.http.gate import Gate
from airdock.triggers.http.locations import Demands
from airdock.triggers.http.methods import is_answered
from airdock.triggers.http.paths import FLOWS, SANDBOX, SECURED
from airdock.triggers.http.problems import not_enabled_answer, problem_answer
from airdock.triggers.http.protection import UNPROTECTED, MemoryReplays, RateLimits, Replays
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.routes import Pipeline, Route, Routes, RoutesSource
from airdock.triggers.http.settings import HttpSettings
from airdock.triggers.http.streaming import Feeds, NoFeeds, Serve, Streams

log = logging.getLogger("airdock.http")

Hook = Callable[[HttpRequest], Answer | Awaitable[Answer]]
"""Answers a request at an address that is not a flow's."""

_SIGNED_IN = (SECURED, SANDBOX)
_SIGN_IN = ""
"""What waits under this name of no flow finds out who calls."""


class HttpHandler:
    """Answers requests with flows.

    Args:
        source: Has the routes in force.
        settings: Prefix, bounds, details.
        extra: What answers at other addresses (`/health/live`), by whole path.
        callers: Knows who calls; nobody can sign in if left out.
        replays: Remembers signed requests; within this handler if left out.
        rates: Counts calls; within this handler if left out.
        feeds: What is sent to topics of the hub; nothing if left out.

    Attributes:
        streams: The event streams and WebSockets that are open.
        in_flight: Runs that wait for something at this moment.
        stopping: What is in flight is cut off: callers of cancelled runs get 503 in place of a lost connection.
    """

    def __init__(
        self,
        source: RoutesSource,
        settings: HttpSettings | None = None,
        extra: Mapping[str, Hook] | None = None,
        callers: Callers | None = None,
        *,
        replays: Replays | None = None,
        rates: RateLimits | None = None,
        feeds: Feeds | None = None,
    ) -> None:
        self.settings = settings or HttpSettings()
        self.limits = self.settings.limits
        self.in_flight = 0
        self.stopping = False
        self._source = source
        self._extra = dict(extra or {})
        self._gate = Gate(callers or NoCallers(), replays or MemoryReplays(), rates or RateLimits())
        self._root = self.settings.root_path.rstrip("/")
        self._most = self.settings.max_in_flight
        # What one flow may take of it, so that one that waits for ever leaves room for the others.
        self._share = self._most - self._most // 4
        self._waiting: Counter[str] = Counter()
        self._show_details = self.settings.show_details
        self.streams = Streams(self.settings.max_streams)
        self._serve = Serve(self._run, self._check_room, feeds or NoFeeds(), self.streams)
        self._failures = FailureLog(messages=self._show_details) if self.settings.log_failures else None

    def answer(self, request: HttpRequest) -> Answer | Awaitable[Answer]:
        """The answer to a request, or an awaitable of it where the flow must wait. Raises nothing."""
        if self._root:
            self._strip_root(request)
        route = self._source.routes.literals.get(request.path)
        if route is not None and request.method in route.direct and self.in_flight < self._share:
            return self._run(route.pipeline, request)  # type: ignore[arg-type]  # `direct` is empty without a pipeline
        try:
            return self._answer_other(request)
        except FlowError as error:
            return problem_answer(error, headers=_headers_for(error))
        except Exception as error:  # noqa: BLE001 -- a bug must not reach the caller
            return self._answer_bug(error, "")

    def answer_socket(self, request: HttpRequest) -> Answer | Awaitable[Answer]:
        """The same for who asks for a WebSocket: the answer comes when it is closed, or is that which refuses it."""
        request.opens_socket = True
        if self._root:
            self._strip_root(request)
        try:
            return self._answer_other(request)
        except FlowError as error:
            return problem_answer(error, headers=_headers_for(error))
        except Exception as error:  # noqa: BLE001 -- a bug must not reach the caller
            return self._answer_bug(error, "")

    def _strip_root(self, request: HttpRequest) -> None:
        # A proxy in front may have taken the prefix off already: then the path is used as it is.
        if request.path.startswith(f"{self._root}/"):
            request.path = request.path[len(self._root) :]

    def _answer_other(self, request: HttpRequest) -> Answer | Awaitable[Answer]:
        hook = self._extra.get(request.path)
        if hook is not None and not request.opens_socket:
            return self._answer_hook(hook, request)
        if request.path.startswith(_SIGNED_IN):
            return self._settle(self._answer_signed_in(request))
        found = self._source.routes.find(request.path)
        if found is None:
            raise self._missing(request.path, self._source.routes, FLOWS)
        return self._answer_route(*found, request, request.path)

    async def _answer_signed_in(self, request: HttpRequest) -> Answer:
        """Answers at an address that is for signed-in callers. Whether there is a flow, only they are told."""
        self._check_room(_SIGN_IN)
        with self._occupied(_SIGN_IN):
            caller = await self._gate.sign_in(request)
        prefix, routes = self._place(request, caller)
        path = f"{FLOWS}/{request.path[len(prefix) :]}"
        found = routes.find(path)
        if found is None:
            raise self._missing(path, routes, prefix.rstrip("/"), details=request.shows_details)
        answer = self._answer_route(*found, request, path, caller)
        return answer if isinstance(answer, Answer) else await answer

    def _place(self, request: HttpRequest, caller: Caller) -> tuple[str, Routes]:
        """The part of the path in front of the flow's own, and the routes that are meant."""
        if request.path.startswith(SECURED):
            return SECURED, self._source.routes
        owner = request.path[len(SANDBOX) :].partition("/")[0]
        if owner != caller.name:
            # As if there were none: others need not know who has a sandbox.
            raise _told("request.notFound")
        request.shows_details = True
        return f"{SANDBOX}{owner}/", self._source.sandboxes.get(owner, Routes())

    def _answer_route(
        self, route: Route, params: dict[str, str], request: HttpRequest, path: str, caller: Caller | None = None
    ) -> Answer | Awaitable[Answer]:
        if params:
            request.route_params = params
        if route.pipeline is None:
            return not_enabled_answer(route.problems, show_details=self._show_details or request.shows_details)
        if isinstance(route.streaming, WebSocket) and request.stands_alone:
            return self._run(route.pipeline, request)
        if isinstance(route.streaming, WebSocket) is not request.opens_socket:
            raise _other_protocol(route)
        method = request.method
        if method == "OPTIONS" and (route.methods is None or method not in route.methods):
            return Answer(204, [("allow", route.allow)])
        if not is_answered(method, route.methods):
            answered = f": it answers {', '.join(sorted(route.methods))}" if route.methods else ""
            message = f"The flow does not answer {method}{answered}."
            raise FlowError("request.method", message, details={"allow": route.allow})
        self._check_room(route.pipeline.name)
        if not route.is_open:
            demands = route.demands(path, method)
            if demands or route.protection is not UNPROTECTED:
                return self._settle(self._answer_protected(route, demands, request, path, caller))
        return self._start(route, request, path)

    def _start(self, route: Route, request: HttpRequest, path: str) -> Answer | Awaitable[Answer]:
        pipeline, streaming = route.pipeline, route.streaming
        assert pipeline is not None  # noqa: S101 -- for the type checker
        if streaming is None:
            return self._run(pipeline, request)
        return self._settle(self._serve.open(pipeline, streaming, request, self._watched(route, request, path)))

    def _watched(self, route: Route, request: HttpRequest, path: str) -> Callable[[], bool]:
        """Tells whether the route still is the one that answers at a path."""
        owner = request.path[len(SANDBOX) :].partition("/")[0] if request.path.startswith(SANDBOX) else ""

        def is_current() -> bool:
            routes = self._source.sandboxes.get(owner) if owner else self._source.routes
            found = routes.find(path) if routes is not None else None
            return found is not None and found[0] is route

        return is_current

    async def _answer_protected(
        self, route: Route, demands: Demands, request: HttpRequest, path: str, caller: Caller | None
    ) -> Answer:
        pipeline = route.pipeline
        assert pipeline is not None  # noqa: S101 -- for the type checker
        answer: Answer | None = None
        try:
            with self._occupied(pipeline.name):
                passed = await self._gate.admit(request, route.protection, demands, pipeline.name, caller)
            request.further_headers = passed.headers
            try:
                running = self._start(route, request, path)
                answer = running if isinstance(running, Answer) else await running
            finally:
                await self._gate.ended(passed, answer)
        finally:
            request.release()
        answer.headers.extend(passed.headers)
        return answer

    def _check_room(self, name: str) -> None:
        if self.in_flight >= self._most or self._waiting[name] >= self._share:
            raise _told("request.busy")

    @contextmanager
    def _occupied(self, name: str) -> Iterator[None]:
        """Something waits in the block, for a flow of that name."""
        self.in_flight += 1
        self._waiting[name] += 1
        try:
            yield
        finally:
            self.in_flight -= 1
            self._waiting[name] -= 1

    def _run(self, pipeline: Pipeline, request: HttpRequest) -> Answer | Awaitable[Answer]:
        run: Run | None = None
        try:
            exchange = pipeline.exchange(request)
            run = exchange.run
            waiting = pipeline.run(exchange, make_answer)
        except FlowError as error:
            return self._answer_error(error, run, request.shows_details)
        except Exception as error:  # noqa: BLE001 -- a bug must not reach the caller
            return self._answer_bug(error, run.id if run is not None else "")
        if waiting is not None:
            return self._wait(waiting, exchange, request)
        answer: Answer = exchange.answer
        return answer

    async def _wait(self, waiting: Awaitable[None], exchange: Exchange, request: HttpRequest) -> Answer:
        flow = exchange.run.flow
        self.in_flight += 1
        self._waiting[flow] += 1
        try:
            await waiting
        except FlowError as error:
            return self._answer_error(error, exchange.run, request.shows_details)
        except asyncio.CancelledError:
            if not self.stopping:
                raise
            return self._answer_error(_cut_off(), exchange.run)
        except Exception as error:  # noqa: BLE001 -- a bug must not reach the caller
            return self._answer_bug(error, exchange.run.id)
        finally:
            self.in_flight -= 1
            self._waiting[flow] -= 1
            request.release()
        answer: Answer = exchange.answer
        return answer

    def _answer_hook(self, hook: Hook, request: HttpRequest) -> Answer | Awaitable[Answer]:
        answer = hook(request)
        return answer if isinstance(answer, Answer) else self._settle(answer)

    async def _settle(self, waiting: Awaitable[Answer]) -> Answer:
        """The answer of what runs no flow by itself, or before it does."""
        try:
            return await waiting
        except FlowError as error:
            return self._answer_error(error, None)
        except asyncio.CancelledError:
            if not self.stopping:
                raise
            return self._answer_error(_cut_off(), None)
        except Exception as error:  # noqa: BLE001 -- a bug must not reach the caller
            return self._answer_bug(error, "")

    def _missing(self, path: str, routes: Routes, prefix: str, *, details: bool = False) -> FlowError:
        """The error of a path `/services/flow/…` without a flow, for a caller who wrote another prefix."""
        error = _told("request.notFound")
        if details or self._show_details:
            error.message = f"{error.message[:-1]}: {nearest_address(path, routes.literals, self._root, prefix)}"
        return error

    def _answer_error(self, error: FlowError, run: Run | None, details: bool = False) -> Answer:
        if run is not None and self._failures is not None:
            self._failures.note(error, run)
        run_id = run.id if run is not None else ""
        details = details or self._show_details
        return problem_answer(error, run_id, show_details=details, headers=_headers_for(error))

    def _answer_bug(self, error: Exception, run: str) -> Answer:
        log.error("unexpected error in run %s", run or "(none)", exc_info=error)
        return problem_answer(FlowError("internal", CODES["internal"].meaning), run)


def _told(code: str) -> FlowError:
    return FlowError(code, CODES[code].meaning)


def _other_protocol(route: Route) -> FlowError:
    """The error of a request for what the flow does not speak: HTTP, or WebSockets."""
    if isinstance(route.streaming, WebSocket):
        return _told("request.upgrade")
    return FlowError("request.notFound", "The flow at this address takes no WebSockets.")


def _cut_off() -> FlowError:
    return FlowError("flow.cancelled", CODES["flow.cancelled"].meaning, status=503)


def _headers_for(error: FlowError) -> list[tuple[str, str]]:
    match error.code:
        case "request.method":
            return [("allow", str(error.details["allow"]))] if "allow" in error.details else []
        case "request.unauthorized" | "request.signature":
            return [("www-authenticate", each) for each in error.details.get("challenges", (BEARER,))]
        case "request.rateLimited":
            return list(error.details.get("headers", ()))
        case "request.upgrade":
            return [("upgrade", "websocket")]
        case "request.busy" | "script.busy":
            return [("retry-after", "1")]
        case "throttle.rejected" | "throttle.full" | "circuitBreaker.open":
            return [("retry-after", str(error.details["retryAfter"]))] if "retryAfter" in error.details else []
        case _:
            return []
