"""The bounds and settings of the HTTP trigger."""

import msgspec

from airdock.triggers.http.room import Room


class Limits(msgspec.Struct, frozen=True):
    """How much of a request is taken in.

    Attributes:
        body: Largest body in bytes, on the wire and after `Content-Encoding` is undone.
        body_seconds: Longest time that a client may take to send a body.
        parameters: Most parameters of a query, fields of a form, parts of a multipart body, and cookies.
        depth: Deepest nesting of a JSON body.
        room: What the bodies of all requests with these limits share.
    """

    body: int = 10 * 1024 * 1024
    body_seconds: float = 60.0
    parameters: int = 1000
    depth: int = 200
    room: Room = msgspec.field(default_factory=Room)


class HttpSettings(msgspec.Struct, frozen=True):
    """How the handler answers.

    Attributes:
        root_path: Prefix in front of all addresses (`"/dirigible"`), without a slash at its end.
        max_in_flight: Runs that may wait at once, three quarters of them of one flow; a request beyond gets 503
            `request.busy`.
        max_streams: Event streams and WebSockets that may be open at once; one beyond gets 503 `request.busy`.
        show_details: Whether problems of status 500 and above tell message and step, and 404 what was meant; for
            development and sandboxes.
        log_failures: Whether a run that ended with a status of 500 and above is a line of the log.
        limits: Bounds of requests.
    """

    root_path: str = ""
    max_in_flight: int = 10_000
    max_streams: int = 1000
    show_details: bool = False
    log_failures: bool = False
    limits: Limits = Limits()


DEFAULT_LIMITS = Limits()
