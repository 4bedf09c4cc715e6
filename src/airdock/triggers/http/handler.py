"""What the RSGI and the ASGI face share: from a request to its answer."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from airdock.codes import CODES
from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.triggers.http.advice import nearest_address
from airdock.triggers.http.answer import Answer, make_answer
from airdock.triggers.http.callers import Callers, NoCallers
from airdock.triggers.http.failures import FailureLog
from airdock.triggers.http.methods import is_answered
from airdock.triggers.http.problems import not_enabled_answer, problem_answer
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.routes import FLOWS, Pipeline, Route, RoutesSource
from airdock.triggers.http.settings import HttpSettings

log = logging.getLogger("airdock.http")

Hook = Callable[[HttpRequest], Answer | Awaitable[Answer]]
"""Answers a request at an address that is not a flow's."""

_SIGNED_IN = (f"{FLOWS}-secured", f"{FLOWS}-sandbox")


class HttpHandler:
    """Answers requests with flows.

    Args:
        source: Has the routes in force.
        settings: Prefix, bounds, details.
        extra: What answers at other addresses (`/health/live`), by whole path.
        callers: Knows who calls; nobody can sign in if left out.

    Attributes:
        in_flight: Runs that wait for something at this moment.
        stopping: What is in flight is cut off: callers of cancelled runs get 503 in place of a lost connection.
    """

    def __init__(
        self,
        source: RoutesSource,
        settings: HttpSettings | None = None,
        extra: Mapping[str, Hook] | None = None,
        callers: Callers | None = None,
    ) -> None:
        self.settings = settings or HttpSettings()
        self.limits = self.settings.limits
        self.in_flight = 0
        self.stopping = False
        self._source = source
        self._extra = dict(extra or {})
        self._callers: Callers = callers or NoCallers()
        self._root = self.settings.root_path.rstrip("/")
        self._most = self.settings.max_in_flight
        # What one flow may take of it, so that one that waits for ever leaves room for the others.
        self._share = self._most - self._most // 4
        self._waiting: Counter[str] = Counter()
        self._show_details = self.settings.show_details
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

    def _strip_root(self, request: HttpRequest) -> None:
        # A proxy in front may have taken the prefix off already: then the path is used as it is.
        if request.path.startswith(f"{self._root}/"):
            request.path = request.path[len(self._root) :]

    def _answer_other(self, request: HttpRequest) -> Answer | Awaitable[Answer]:
        hook = self._extra.get(request.path)
        if hook is not None:
            return self._answer_hook(hook, request)
        found = self._source.routes.find(request.path)
        if found is None:
            raise self._missing(request.path)
        route, params = found
        if params:
            request.route_params = params
        return self._answer_route(route, request)

    def _answer_route(self, route: Route, request: HttpRequest) -> Answer | Awaitable[Answer]:
        if route.pipeline is None:
            return not_enabled_answer(route.problems, show_details=self._show_details)
        method = request.method
        if method == "OPTIONS" and (route.methods is None or method not in route.methods):
            return Answer(204, [("allow", route.allow)])
        if not is_answered(method, route.methods):
            answered = f": it answers {', '.join(sorted(route.methods))}" if route.methods else ""
            message = f"The flow does not answer {method}{answered}."
            raise FlowError("request.method", message, details={"allow": route.allow})
        if route.roles:
            raise _told("request.unauthorized")
        if self.in_flight >= self._most or self._waiting[route.pipeline.name] >= self._share:
            raise _told("request.busy")
        return self._run(route.pipeline, request)

    def _run(self, pipeline: Pipeline, request: HttpRequest) -> Answer | Awaitable[Answer]:
        run: Run | None = None
        try:
            exchange = pipeline.exchange(request)
            run = exchange.run
            waiting = pipeline.run(exchange, make_answer)
        except FlowError as error:
            return self._answer_error(error, run)
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
            return self._answer_error(error, exchange.run)
        except asyncio.CancelledError:
            if not self.stopping:
                raise
            cut_off = FlowError("flow.cancelled", CODES["flow.cancelled"].meaning, status=503)
            return self._answer_error(cut_off, exchange.run)
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
        return answer if isinstance(answer, Answer) else self._wait_for_hook(answer)

    async def _wait_for_hook(self, waiting: Awaitable[Answer]) -> Answer:
        try:
            return await waiting
        except FlowError as error:
            return self._answer_error(error, None)
        except Exception as error:  # noqa: BLE001 -- a bug must not reach the caller
            return self._answer_bug(error, "")

    def _missing(self, path: str) -> FlowError:
        """The error of an address without a flow. Those for signed-in callers do not tell whether there is one."""
        if path.startswith(tuple(f"{prefix}/" for prefix in _SIGNED_IN)):
            return _told("request.unauthorized")
        error = _told("request.notFound")
        if self._show_details:
            error.message = f"{error.message[:-1]}: {nearest_address(path, self._source.routes.literals, self._root)}"
        return error

    def _answer_error(self, error: FlowError, run: Run | None) -> Answer:
        if run is not None and self._failures is not None:
            self._failures.note(error, run)
        run_id = run.id if run is not None else ""
        return problem_answer(error, run_id, show_details=self._show_details, headers=_headers_for(error))

    def _answer_bug(self, error: Exception, run: str) -> Answer:
        log.error("unexpected error in run %s", run or "(none)", exc_info=error)
        return problem_answer(FlowError("internal", CODES["internal"].meaning), run)


def _told(code: str) -> FlowError:
    return FlowError(code, CODES[code].meaning)


def _headers_for(error: FlowError) -> list[tuple[str, str]]:
    match error.code:
        case "request.method":
            return [("allow", str(error.details["allow"]))] if "allow" in error.details else []
        case "request.unauthorized":
            return [("www-authenticate", 'Bearer realm="airdock"')]
        case "request.busy" | "script.busy":
            return [("retry-after", "1")]
        case _:
            return []
