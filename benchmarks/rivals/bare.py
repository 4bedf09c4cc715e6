"""A handler that does nothing but answer, on the server that Airdock uses: the limit."""

from typing import Any

TEXT = [("content-type", "text/plain; charset=utf-8")]
JSON = [("content-type", "application/json")]


async def app(scope: Any, protocol: Any) -> None:
    if scope.method == "POST":
        await protocol()
        protocol.response_str(200, JSON, '{"order":7,"desk":"Vienna","total":9,"skus":["tea"]}')
    else:
        protocol.response_str(200, TEXT, "Welcome Joe")
