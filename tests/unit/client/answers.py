"""A server that answers what a test says, and remembers what it was asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from airdock.client import Client

SERVER = "http://127.0.0.1:8081"


class Answers:
    """Gives its answers in order: a response, a JSON value, an exception, or what a function makes of the request."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def asked(self) -> list[str]:
        """Method and address of each request."""
        return [f"{each.method} {each.url.raw_path.decode()}" for each in self.requests]

    @contextmanager
    def client(self, server: str = SERVER, token: str = "", **options: Any) -> Iterator[Client]:
        with Client(server, token, through=httpx.MockTransport(self), **options) as client:
            yield client


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    """An error as the API tells it."""
    document = {"title": "Error", "status": status, "code": code, **more}
    return httpx.Response(status, json=document, headers={"content-type": "application/problem+json"})
