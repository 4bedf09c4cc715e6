"""The declarations of flows."""

from typing import Any

from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import (
    Boolean,
    Choice,
    Duration,
    Expression,
    JsonSchema,
    ListOf,
    MapOf,
    Record,
    Steps,
    Template,
    Text,
)
from airdock.spec.protection import ApiKey, Basic, RateLimit, Signature
from airdock.spec.step import Retry, Step
from airdock.spec.streaming import Events, WebSocket

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class ErrorHandler(Spec):
    """An entry of a flow's `onError`."""

    on: list[str] = field(
        ListOf(Text()), "Error codes or globs that it takes; all if left out.", example=["connector.*"]
    )
    when: Any = field(Expression(), "It takes the error only if this is true.", example="error.status = 503")
    retry: Retry | None = field(Record(Retry), "The failed step is tried again first.", example={"attempts": 3})
    steps: list[Step] = field(Steps(), "What runs on the error.", default=[])
    handled: bool = field(
        Boolean(), "The run ends well after `steps`; false: the error goes on to the caller.", default=True
    )
    continue_: bool = field(Boolean(), "The flow goes on behind the failed step.", name="continue", default=False)


class SubFlow(Spec):
    """A flow in place, inside a step."""

    name: str = field(Text(), "Name in logs and paths.", default="")
    description: str = field(Text(), "What it is for.", default="")
    properties: dict[str, Any] = field(
        MapOf(Template()),
        "Exchange properties set when it starts; they stay set.",
        default={},
        example={"tier": "gold"},
    )
    steps: list[Step] = field(Steps(), "The steps, in order.", default=REQUIRED)


class Flow(Spec):
    """A list of steps that answers at an address."""

    name: str = field(Text(), "Name for people; the file's stem if left out.", default="")
    description: str = field(Text(), "What the flow is for; shown in the OpenAPI document.", default="")
    properties: dict[str, Any] = field(
        MapOf(Template()), "Exchange properties set when a run starts.", default={}, example={"myKey1": "myValue1"}
    )
    steps: list[Step] = field(Steps(), "The steps, in order.", default=REQUIRED)
    path: str = field(
        Text(
            # No longer than an address may be; a part is no "." or "..", and a name stands once.
            r"(?!.{1000})(?!.*/\.\.?(/|$))(?!.*(\{\w+\}).*\2)(/(\{[A-Za-z_]\w*\}|[^/{}?#\s\\]+))+",
            'a path such as "/orders/{id}"',
        ),
        "A route of its own under the project's address; `{name}` parts are in `request.params`.",
        default="",
        example="/orders/{id}",
    )
    methods: list[str] = field(
        ListOf(Choice(METHODS), 1), "HTTP methods that the flow answers; all if left out.", example=["GET", "POST"]
    )
    input: Any = field(JsonSchema(), "JSON Schema of the body; another body gets 400.", example={"type": "object"})
    output: Any = field(JsonSchema(), "JSON Schema of the answer.", example={"type": "object"})
    on_error: list[ErrorHandler] = field(
        ListOf(Record(ErrorHandler)), "Handlers of errors; the first that matches.", default=[]
    )
    timeout: float | None = field(
        Duration(), "The run is stopped after this time; an HTTP caller gets 504.", unit="s", example="30s"
    )
    log: str = field(
        Choice(("full", "summary", "errors", "off")), "What the run log keeps of each run.", default="summary"
    )
    durable: bool = field(
        Boolean(), "Kept for runs that outlive a killed node; this version refuses it.", default=False
    )
    roles: list[str] = field(
        ListOf(Text(".+", "the name of a role")), "Roles of which a caller needs one.", example=["sales"]
    )
    signature: Signature | None = field(
        Record(Signature),
        "How its callers sign their bodies; what is not signed well gets 401.",
        example={"scheme": "github", "secret": "github-webhook"},
    )
    api_key: ApiKey | None = field(
        Record(ApiKey),
        "A key that its callers send; without one of them a caller gets 401.",
        example={"header": "X-API-Key", "secret": "partner-keys"},
    )
    basic: Basic | None = field(
        Record(Basic),
        "Names and passwords of its callers. With `apiKey` beside it, a caller needs one of the two.",
        example={"secret": "shop-users"},
    )
    rate_limit: RateLimit | None = field(
        Record(RateLimit), "How often it may be called; a call beyond gets 429.", example={"limit": 100, "per": "1m"}
    )

    events: Events | None = field(
        Record(Events),
        "The flow answers with server-sent events, as a browser's `EventSource` reads them.",
        example={"topic": "orders.placed"},
    )
    websocket: WebSocket | None = field(
        Record(WebSocket), "The flow takes WebSockets: each message is a run.", example={"topic": "chat"}
    )

    @property
    def streaming(self) -> Events | WebSocket | None:
        """How it goes on answering, if it does."""
        return self.events or self.websocket

    @property
    def served_methods(self) -> list[str]:
        """The methods that it answers; empty for all."""
        return self.methods or (["GET"] if self.streaming is not None else [])

    @classmethod
    def check(cls, element: "Flow") -> list[tuple[str, str]]:
        broken = []
        if element.durable:
            # A promise that is not kept is worse than none.
            broken.append(("durable", "this version does not run durable flows: leave `durable` out"))
        if element.basic is not None and element.roles:
            message = "`basic` and `roles` both want the header Authorization: keep one, or use `apiKey`"
            broken.append(("basic", message))
        return broken + _check_streaming(element)

    file: str = ""
    """Path in the registry, `project/orders.flow`; the reader sets it."""


def _check_streaming(element: Flow) -> list[tuple[str, str]]:
    if element.websocket is None:
        if element.events is not None and element.output is not None:
            return [("output", "`output` is for an answer: `events` has many, which are not checked")]
        return []
    fitting = {
        "events": "a flow has `events` or a `websocket`: keep one of the two",
        "methods": "a `websocket` is opened by GET: leave `methods` out",
        "signature": "a `websocket` is opened without a body that could be signed: use `roles` or `apiKey`",
    }
    return [(name, message) for name, message in fitting.items() if getattr(element, name) is not None]
