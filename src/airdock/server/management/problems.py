"""Every error of the management API is an RFC 9457 problem document."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from airdock.runlog import RunLogError

log = logging.getLogger("airdock.management")

MEDIA_TYPE = "application/problem+json"


class ProblemDocument(msgspec.Struct, omit_defaults=True):
    """An error as the API tells it.

    Attributes:
        title: The status in words. status: The HTTP status. code: Stable name of the error. detail: One sentence.
        errors: Each parameter or field that is wrong.
    """

    title: str
    status: int
    code: str
    type: str = "about:blank"
    detail: str = ""
    errors: list[dict[str, Any]] = []


def handle_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[ProblemDocument]:
    """What the framework or a route refused."""
    status = error.status_code
    errors = error.extra if isinstance(error, ValidationException) and isinstance(error.extra, list) else []
    headers = dict(error.headers or {})
    return _response(status, _code(status), "; ".join(_sentences(errors)) or error.detail, errors, headers)


def handle_bug(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemDocument]:
    """What nobody expected: logged here, and told without particulars."""
    log.error("unexpected error at %s", request.url.path, exc_info=error)
    return _response(500, "internal", "Airdock met an error that it did not expect; its log has more.", [], {})


def handle_unreadable(request: Request[Any, Any, Any], error: RunLogError) -> Response[ProblemDocument]:
    """The run log cannot be read now."""
    return _response(503, "runlog.unreadable", str(error), [], {})


def _sentences(errors: list[dict[str, Any]]) -> list[str]:
    return [f"{each.get('key', 'request')}: {each.get('message', '')}" for each in errors]


def _response(
    status: int, code: str, detail: str, errors: list[dict[str, Any]], headers: dict[str, str]
) -> Response[ProblemDocument]:
    document = ProblemDocument(title_of(status), status, code, f"urn:airdock:error:{code}", detail, errors)
    return Response(document, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def title_of(status: int) -> str:
    """The words of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _code(status: int) -> str:
    known = {404: "request.notFound", 405: "request.method", 413: "request.tooLarge"}
    return known.get(status, "request.value" if status < 500 else "internal")
