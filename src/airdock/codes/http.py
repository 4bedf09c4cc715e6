"""Codes of calls over HTTP."""

from airdock.codes.code import ErrorCode

HTTP: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.http.status",
        "A service answered with a status that the step does not expect.",
        "`error.details` has `status` and the beginning of the `body`. `http.404` or `http.5xx` in an `on` takes it; a"
        " status that is no error belongs into the step's `expect`.",
        502,
    ),
    ErrorCode(
        "connector.http.notAllowed",
        "A call, or a redirect, would go to a host that the connection does not name.",
        "Name the host in the connection's `allow`.",
        502,
    ),
    ErrorCode(
        "connector.http.address",
        "A value makes an address that is none, or that leads out of its place.",
        "Check the value before: in a path it must be a text that is not empty.",
        502,
    ),
    ErrorCode(
        "connector.http.arguments",
        "Arguments do not fit an operation of the connection's OpenAPI document.",
        "The message names the parameter; nothing was sent.",
    ),
    ErrorCode(
        "connector.http.header",
        "A value cannot stand in a header.",
        "A header's value is one line.",
        502,
    ),
    ErrorCode(
        "connector.http.body",
        "A value cannot be sent as the content type says.",
        "Set `Content-Type` to one that fits, or make the body with `marshal`.",
        500,
    ),
    ErrorCode(
        "connector.http.response",
        "An answer cannot be read: it does not fit its content type, or is no HTTP.",
        "`raw` gives the bytes as they came, to be read by `unmarshal`.",
        502,
    ),
    ErrorCode(
        "connector.http.tooLarge",
        "An answer is larger than `maxSize`.",
        "Raise `maxSize` of the step or the connection, or ask for less at a time.",
        502,
    ),
    ErrorCode(
        "connector.http.redirects",
        "A service sends from one address to the next without an end.",
        "Name the address to which it leads; `redirects` says how many are followed.",
        502,
    ),
)
