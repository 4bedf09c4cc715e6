"""The HTTP trigger: requests become runs of flows, by granian's RSGI or in any ASGI server."""

from airdock.triggers.http.answer import Answer, make_answer
from airdock.triggers.http.asgi import AsgiApp
from airdock.triggers.http.buffered import BufferedRequest
from airdock.triggers.http.callers import Caller, Callers
from airdock.triggers.http.handler import HttpHandler
from airdock.triggers.http.problems import not_enabled_answer, problem_answer
from airdock.triggers.http.request import HttpRequest
from airdock.triggers.http.room import Room
from airdock.triggers.http.routes import Conflict, CurrentRoutes, Route, Routes
from airdock.triggers.http.settings import HttpSettings, Limits

__all__ = [
    "Answer",
    "AsgiApp",
    "BufferedRequest",
    "Caller",
    "Callers",
    "Conflict",
    "CurrentRoutes",
    "HttpHandler",
    "HttpRequest",
    "HttpSettings",
    "Limits",
    "Room",
    "Route",
    "Routes",
    "make_answer",
    "not_enabled_answer",
    "problem_answer",
]
