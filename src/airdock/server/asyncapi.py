"""The AsyncAPI 3.0 document: what listeners receive, and what flows, jobs and listeners publish."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

from airdock import __version__
from airdock.agent.space import Space
from airdock.connectors.broker import BrokerConnection
from airdock.connectors.hub.trigger import MessageTrigger
from airdock.connectors.publish.step import Publish
from airdock.lint.walking import steps
from airdock.server.asyncapi_messages import address_of, plain_address, sent_content, sent_headers
from airdock.server.schemas import embed
from airdock.spec.channels import Endpoint, Heard
from airdock.spec.connection import Connection
from airdock.spec.descriptors import Listener, Project
from airdock.spec.flow import Flow
from airdock.spec.trigger import Trigger

HUB = "hub"
_HUB = "The built-in message hub. Other programs send to it by `POST /api/v1/messages/{topic}` on the management port."
_FLOWS = "The flow port of this server, and the management port."
_HOST = "Where it is; the operators of this server know."


class Published(NamedTuple):
    """A descriptor that is in force.

    Attributes:
        path: In the registry, `project/orders.listener`. project: Its project; empty at the root.
        model: A flow, a job, a listener, or the settings of a project.
    """

    path: str
    project: str
    model: Any


def build_asyncapi(
    published: Iterable[Published],
    connection: Callable[[str], Connection | None],
    root_path: str = "",
    *,
    details: bool = False,
) -> dict[str, Any]:
    """The document of what is in force.

    Args:
        connection: The connection at a path, `project/shop.connection`.
        root_path: The prefix in front of the addresses of flows.
        details: Whether hosts of brokers, and what listeners are called there, are told.
    """
    published = sorted(published)
    builder = _Builder(connection, {each.path: each.model for each in published}, root_path, details)
    for each in published:
        builder.add(each)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Airdock messages",
            "version": __version__,
            "description": "What the listeners of this server receive, and what its flows publish.",
            "tags": [{"name": project} for project in sorted(builder.projects)],
        },
        "servers": builder.servers,
        "channels": builder.channels,
        "operations": builder.operations,
        "components": {"schemas": builder.schemas},
    }


class AsyncApi:
    """The document as JSON, made again only when something has changed."""

    def __init__(self, root_path: str = "", *, details: bool = False) -> None:
        self._root_path = root_path
        self._details = details
        self._version: Any = None
        self._json = b""

    def json(self, version: Any, space: Space) -> bytes:
        """The document of a space; `version` is an object that is another one whenever that changed."""
        if self._version is not version or not self._json:
            document = build_asyncapi(published_in(space), space.connection, self._root_path, details=self._details)
            self._json = msgspec.json.encode(document)
            self._version = version
        return self._json


def published_in(space: Space) -> list[Published]:
    """The descriptors of a space that are in force, in the versions that run."""
    found = []
    for unit in space.ordered:
        if unit.pipeline is not None:
            model = unit.pipeline.flow if unit.kind == "flow" else unit.model
            found.append(Published(unit.path, unit.project, model))
        elif isinstance(unit.model, Project):
            found.append(Published(unit.path, unit.project, unit.model))
    return found


class _Builder:
    def __init__(
        self, connection: Callable[[str], Connection | None], models: dict[str, Any], root_path: str, details: bool
    ) -> None:
        self._connection = connection
        self._models = models
        self._root_path = root_path
        self._details = details
        self.servers: dict[str, Any] = {}
        self.channels: dict[str, Any] = {}
        self.operations: dict[str, Any] = {}
        self.schemas: dict[str, Any] = {}
        self.projects: set[str] = set()
        self._reached: dict[str, list[str]] = {}
        self._heard: dict[tuple[str, str, str], str] = {}
        self._embedded: dict[str, dict[str, Any]] = {}

    def add(self, published: Published) -> None:
        model = published.model
        if isinstance(model, Listener) and isinstance(model.params, Trigger):
            self._receive(published, model, model.params)
        if isinstance(model, Flow) and model.websocket is not None:
            self._open(published, model)
        for step in steps(model):
            if isinstance(step, Publish):
                self._send(published, step)

    def _receive(self, published: Published, listener: Listener, trigger: Trigger) -> None:
        servers = self._servers_of(trigger)
        message = _message(published, listener)
        message["payload"] = self._received(listener)
        for heard in trigger.heard():
            name = self._operation_name("receive", published)
            operation = self._operation(name, "receive", published, servers, heard, dict(message))
            if listener.description:
                operation["description"] = listener.description

    def _open(self, published: Published, flow: Flow) -> None:
        """A WebSocket of a flow: what comes by it, and what is sent back or pushed."""
        base = f"{self._root_path}/services/flow/"
        own = f"{base}{published.project}".rstrip("/") + flow.path
        address = own if flow.path else base + published.path
        heard = Heard(address, "websocket", "ws", {"method": "GET"})
        parameters = re.findall(r"\{(\w+)\}", flow.path)
        servers = self._reach("flows", [Endpoint("ws")], _FLOWS)
        word = _word(published.path.removesuffix(".flow"))
        # Without a schema of its own a message is what the flow makes of it.
        pushed = flow.websocket is not None and flow.websocket.topic is not None
        for action, part, schema in (("receive", "input", flow.input), ("send", "output", flow.output)):
            message = _message(published, flow)
            if schema is not None and not (pushed and action == "send"):
                message["payload"] = self._schema(f"{word}.{part}", schema)
            name = self._operation_name(action, published)
            operation = self._operation(name, action, published, servers, heard, message, parameters)
            if flow.description:
                operation["description"] = flow.description

    def _received(self, listener: Listener) -> dict[str, Any] | None:
        """What a message is, by the flow that takes it as it is."""
        flow = self._models.get(listener.module) if listener.type == "flow" else None
        if not isinstance(flow, Flow) or flow.input is None or listener.batch is not None:
            return None
        return self._schema(f"{_word(listener.module.removesuffix('.flow'))}.input", flow.input)

    def _send(self, published: Published, step: Publish) -> None:
        queue = step.queue is not None
        address, parameters = address_of(step.queue if queue else step.topic)
        declared = self._connection(step.connection) if step.connection else None
        if isinstance(declared, BrokerConnection):
            heard = declared.sent_to(address, queue)
        else:
            heard = Heard(address, "queue" if queue else "topic")
        name = self._operation_name("send", published, step.path)
        content_type, shape = sent_content(step)
        message = _message(published, step)
        message |= {"contentType": content_type, "headers": sent_headers(step)}
        message["payload"] = shape if shape is not None else self._sent(published, step)
        servers = self._servers(step.connection) if step.connection else [self._hub()]
        operation = self._operation(name, "send", published, servers, heard, message, parameters)
        if step.description:
            operation["description"] = step.description
        if step.request:
            operation["reply"] = {}

    def _sent(self, published: Published, step: Publish) -> dict[str, Any] | None:
        """What a flow passes on as it is: its body when it begins, or its answer."""
        flow = published.model
        if step.body is not None or not isinstance(flow, Flow) or not flow.steps:
            return None
        word = _word(published.path.removesuffix(".flow"))
        if step is flow.steps[0] and flow.input is not None:
            return self._schema(f"{word}.input", flow.input)
        if step is flow.steps[-1] and flow.output is not None and not step.request:
            return self._schema(f"{word}.output", flow.output)
        return None

    def _operation(
        self,
        name: str,
        action: str,
        published: Published,
        servers: list[str],
        heard: Heard,
        message: dict[str, Any],
        parameters: Iterable[str] = (),
    ) -> dict[str, Any]:
        id = self._channel(servers, heard, parameters)
        self.channels[id]["messages"][name] = {key: value for key, value in message.items() if value}
        operation: dict[str, Any] = {
            "action": action,
            "channel": {"$ref": f"#/channels/{id}"},
            "title": message["title"],
            "messages": [{"$ref": f"#/channels/{id}/messages/{name}"}],
        }
        bindings = heard.operation | (heard.private if self._details else {})
        if heard.binding and bindings:
            operation["bindings"] = {heard.binding: bindings}
        if published.project:
            self.projects.add(published.project)
            operation["tags"] = [{"name": published.project}]
        self.operations[name] = operation
        return operation

    def _channel(self, servers: list[str], heard: Heard, parameters: Iterable[str]) -> str:
        """The id of a channel, which is one for all who use it on the same server."""
        address = heard.address if parameters else plain_address(heard.address)
        key = (servers[0], heard.kind, address or heard.address)
        id = self._heard.get(key)
        if id is None:
            id = self._heard[key] = _free(self.channels, _word(".".join(filter(None, key)), keep="."))
            channel: dict[str, Any] = {"address": address or None, "messages": {}}
            channel["servers"] = [{"$ref": f"#/servers/{server}"} for server in servers]
            if parameters:
                channel["parameters"] = {name: {} for name in parameters}
            if heard.binding and heard.channel:
                channel["bindings"] = {heard.binding: heard.channel}
            self.channels[id] = channel
        return id

    def _servers_of(self, trigger: Trigger) -> list[str]:
        connection = getattr(trigger, "connection", "")
        if isinstance(connection, str) and connection:
            return self._servers(connection)
        if isinstance(trigger, MessageTrigger):
            return [self._hub()]
        return self._reach(trigger.trigger, [Endpoint(trigger.trigger)], "")

    def _servers(self, path: str) -> list[str]:
        declared = self._connection(path)
        endpoints = declared.endpoints() if declared is not None else [Endpoint("unknown")]
        description = declared.description if declared is not None else ""
        return self._reach(path.removesuffix(".connection"), endpoints, description)

    def _hub(self) -> str:
        return self._reach(HUB, [Endpoint("airdock")], _HUB)[0]

    def _reach(self, path: str, endpoints: list[Endpoint], description: str) -> list[str]:
        """The names of the servers of a connection; one where their hosts are not told."""
        if path not in self._reached:
            told = endpoints if self._details else [endpoints[0]._replace(host="", path="")]
            self._reached[path] = [self._server(path, endpoint, description) for endpoint in told]
        return self._reached[path]

    def _server(self, path: str, endpoint: Endpoint, description: str) -> str:
        name = _free(self.servers, _word(path))
        server: dict[str, Any] = {"host": endpoint.host or "{host}", "protocol": endpoint.protocol, "title": path}
        further = {"pathname": endpoint.path, "protocolVersion": endpoint.version, "description": description}
        server |= {key: value for key, value in further.items() if value}
        if not endpoint.host:
            server["variables"] = {"host": {"description": _HOST}}
        self.servers[name] = server
        return name

    def _operation_name(self, action: str, published: Published, step: str = "") -> str:
        stem, _, kind = published.path.rpartition(".")
        words = [action, stem, *([] if kind in ("flow", "listener") else [kind]), *([step] if step else [])]
        return _free(self.operations, _word("_".join(words)))

    def _schema(self, name: str, schema: Any) -> dict[str, Any]:
        if name not in self._embedded:
            free = _free(self.schemas, name)
            pointer = f"#/components/schemas/{free}"
            self.schemas[free] = embed(schema, pointer)
            self._embedded[name] = {"$ref": pointer}
        return self._embedded[name]


def _message(published: Published, element: Any) -> dict[str, Any]:
    return {"title": element.name or getattr(published.model, "name", "") or published.path}


def _free(taken: dict[str, Any], wanted: str) -> str:
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name


def _word(text: str, keep: str = "") -> str:
    return re.sub(rf"[^A-Za-z0-9{re.escape(keep)}]+", "_", text).strip("_") or "unnamed"
