"""A gRPC service as steps call it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from airdock.connectors.errors import missing, refused, unavailable
from airdock.connectors.grpc.errors import rpc_error
from airdock.connectors.grpc.reflection import reflected
from airdock.connectors.grpc.services import Form, Method, NoMethodError, Services, services_of
from airdock.connectors.resolving import resolved
from airdock.deadline import DeadlineError, within
from airdock.errors import DescriptorError, FlowError, Place, Problem
from airdock.formats.protobuf_schema import NoSchemaError, described
from airdock.spec.connection import Opening, Secret

if TYPE_CHECKING:
    from airdock.connectors.grpc.connection import GrpcConnection

_PATIENCE = 5.0
"""Seconds that a service has to take a connection, when it is looked at."""
_PLAIN = Form()


class GrpcClient:
    """A channel to a service, to addresses that were checked."""

    def __init__(self, connection: "GrpcConnection", opening: Opening, services: Services | None) -> None:
        """`services`: what the connection's file describes; None where the service is asked."""
        self.name = opening.name
        self._connection = connection
        self._opening = opening
        self._described = services
        self._reflected: dict[str, Services] = {}
        self._metadata = [(name, _value(opening, each)) for name, each in connection.metadata.items()]
        self._addresses: list[str] = []
        self._channel: Any = None
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    async def opened(cls, connection: "GrpcConnection", opening: Opening) -> "GrpcClient":
        """A client whose host has been looked up. Raises FlowError as `Connection.connect`."""
        try:
            for module in ("grpc.aio", "grpc_reflection.v1alpha.reflection_pb2"):
                import_module(module)
        except ImportError as error:
            raise missing("gRPC", "grpc") from error
        services = await asyncio.to_thread(_services, connection, opening) if connection.proto else None
        client = cls(connection, opening, services)
        await client._dial()
        return client

    async def method(self, name: str) -> Method:
        """A method, `shop.Stock/Get`.

        Raises:
            FlowError: `connector.grpc.method`, the service has none that can be called; or what asking it raises.
        """
        try:
            if self._described is not None:
                return self._described.method(name)
            service = name.partition("/")[0]
            services = self._reflected.get(service)
            if services is not None:
                return services.method(name)
            services = await self._ask(service)
            found = services.method(name)
        except NoMethodError as error:
            raise no_method(self.name, error) from error
        self._reflected[service] = services
        return found

    async def unary(
        self,
        method: Method,
        message: Any,
        metadata: Mapping[str, str] | None = None,
        *,
        deadline: float | None = None,
        form: Form = _PLAIN,
    ) -> Any:
        """Calls a method that answers once.

        Args:
            deadline: Seconds after which the call is given up; the connection's `timeout` if left out.

        Raises:
            FlowError: what the status of the call stands for.
        """
        from grpc import aio

        content = method.encoded(message)
        call = self._channel.unary_unary(f"/{method.name}")
        try:
            answer = await call(
                content, timeout=deadline or self._connection.timeout, metadata=self._all_metadata(metadata)
            )
        except aio.AioRpcError as error:
            raise rpc_error(self.name, method.name, error) from error
        return await method.decoded(answer, form)

    async def stream(
        self,
        method: Method,
        message: Any,
        metadata: Mapping[str, str] | None = None,
        *,
        deadline: float | None = None,
        form: Form = _PLAIN,
    ) -> AsyncIterator[Any]:
        """The messages of a method that answers with a stream; the call ends when the iterator is closed.

        Args:
            deadline: Seconds after which the whole is given up; for ever if left out.

        Raises:
            FlowError: what the status of the call stands for; `connector.timeout`, the next message did not come.
        """
        from grpc import aio

        content = method.encoded(message)
        call = self._channel.unary_stream(f"/{method.name}")(
            content, timeout=deadline, metadata=self._all_metadata(metadata)
        )
        patience = self._connection.timeout
        try:
            while (answer := await within(patience, call.read())) is not aio.EOF:
                yield await method.decoded(answer, form)
        except aio.AioRpcError as error:
            raise rpc_error(self.name, method.name, error) from error
        except DeadlineError:
            late = f"{method.name} of {self.name} sent no message within {patience:g} s"
            raise FlowError("connector.timeout", late) from None
        finally:
            call.cancel()

    async def check(self) -> None:
        # The service may have moved.
        addresses = await self._resolve()
        if addresses != self._addresses:
            await self._dial(addresses)
        try:
            await within(_PATIENCE, self._channel.channel_ready())
        except DeadlineError:
            raise unavailable(self.name, f"{self._connection.url} takes no connection") from None

    async def close(self) -> None:
        for task in self._closing:
            task.cancel()
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    async def _ask(self, service: str) -> Services:
        from grpc import StatusCode, aio

        try:
            return await reflected(self._channel, service, self._connection.timeout)
        except aio.AioRpcError as error:
            if error.code() is StatusCode.UNIMPLEMENTED:
                message = f"{self.name} describes no services by itself: give the connection's `proto`"
                raise FlowError("connector.grpc.schema", message) from error
            raise rpc_error(self.name, "the reflection", error) from error

    def _all_metadata(self, metadata: Mapping[str, str] | None) -> list[tuple[str, str]]:
        return [*self._metadata, *metadata.items()] if metadata else self._metadata

    async def _resolve(self) -> list[str]:
        connection = self._connection
        return await resolved(self.name, connection.host, connection.port, self._opening.network)

    async def _dial(self, addresses: list[str] | None = None) -> None:
        """Makes a channel to these addresses; calls on the one before go on for a while."""
        import grpc

        self._addresses = addresses or await self._resolve()
        connection, old = self._connection, self._channel
        target, options = _target(self._addresses, connection.port), _options(connection)
        if connection.secure:
            try:
                self._channel = grpc.aio.secure_channel(target, self._credentials(), options)
            except ValueError as error:
                raise refused(self.name, f"its certificates cannot be used: {error}") from error
        else:
            self._channel = grpc.aio.insecure_channel(target, options)
        if old is not None:
            task = asyncio.ensure_future(old.close(grace=connection.timeout))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _credentials(self) -> Any:
        import grpc

        connection, opening = self._connection, self._opening
        tls = connection.tls
        if tls is None:
            return grpc.ssl_channel_credentials()
        shown = tls.certificate
        return grpc.ssl_channel_credentials(
            root_certificates=_file(opening, tls.ca),
            private_key=opening.secret(tls.key).encode() if tls.key is not None else None,
            certificate_chain=opening.secret(shown).encode() if isinstance(shown, Secret) else _file(opening, shown),
        )


def no_method(name: str, error: NoMethodError) -> FlowError:
    """The error for a method that cannot be called."""
    hint = f": {error.hint}" if error.hint else ""
    return FlowError("connector.grpc.method", f"{name}: {error}{hint}")


def _services(connection: "GrpcConnection", opening: Opening) -> Services:
    def file(path: str, place: Place) -> bytes:
        content = opening.file(path)
        if content is None:
            raise DescriptorError([Problem("descriptor.reference", f"there is no file {path!r}", place)])
        return content

    try:
        return services_of(described(connection.proto, file, connection.place_of("proto")))
    except (NoSchemaError, DescriptorError) as error:
        raise FlowError("connector.grpc.schema", f"{opening.name}: {error}") from error


def _value(opening: Opening, value: str | Secret) -> str:
    return value if isinstance(value, str) else opening.secret(value)


def _file(opening: Opening, path: str | None) -> bytes | None:
    if not path:
        return None
    content = opening.file(path)
    if content is None:
        raise refused(opening.name, f"there is no file {path!r}")
    return content


def _target(addresses: list[str], port: int) -> str:
    """All addresses of the kind that the first one is of: a channel tries them one after the other."""
    if ":" in addresses[0]:
        return "ipv6:" + ",".join(f"[{each}]:{port}" for each in addresses if ":" in each)
    return "ipv4:" + ",".join(f"{each}:{port}" for each in addresses if ":" not in each)


def _options(connection: "GrpcConnection") -> list[tuple[str, Any]]:
    name = (connection.tls and connection.tls.server_name) or connection.host
    options = [
        ("grpc.default_authority", f"{name}:{connection.port}"),
        ("grpc.max_receive_message_length", connection.max_size),
        ("grpc.max_send_message_length", connection.max_size),
        # A proxy of the environment would look the host up by itself.
        ("grpc.enable_http_proxy", 0),
        ("grpc.initial_reconnect_backoff_ms", 500),
        ("grpc.max_reconnect_backoff_ms", 5000),
    ]
    if connection.secure:
        options.append(("grpc.ssl_target_name_override", name))
    return options
