"""Descriptions that a service gives of itself (gRPC server reflection)."""

from collections.abc import AsyncIterator
from typing import Any

from airdock.connectors.grpc.services import Services
from airdock.errors import FlowError

_PATHS = (
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
)
"""Of the two versions of the protocol, whose messages are the same."""
_MOST_FILES = 500
_MOST_BYTES = 16 * 1024 * 1024


async def reflected(channel: Any, service: str, patience: float) -> Services:
    """What a server says of a service; a pool without it where the server does not know it.

    Raises:
        grpc.aio.AioRpcError: the server does not answer, or offers no reflection (`UNIMPLEMENTED`).
        FlowError: `connector.grpc.schema`, its descriptions cannot be used.
    """
    from grpc import StatusCode, aio

    for path in _PATHS:
        try:
            return await _Asking(channel, path, patience).services(service)
        except aio.AioRpcError as error:
            if error.code() is not StatusCode.UNIMPLEMENTED or path == _PATHS[-1]:
                raise
    raise AssertionError


class _Asking:
    """One conversation with a server."""

    def __init__(self, channel: Any, path: str, patience: float) -> None:
        from grpc_reflection.v1alpha import reflection_pb2

        self._messages = reflection_pb2
        self._call = channel.stream_stream(
            path,
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )(timeout=patience)
        self._files: dict[str, Any] = {}
        self._bytes = 0

    async def services(self, service: str) -> Services:
        try:
            names = [each async for each in self._names()]
            answer = await self._ask(file_containing_symbol=service)
            self._take(answer)
            while missing := self._missing():
                answer = await self._ask(file_by_filename=missing)
                self._take(answer)
                if missing not in self._files:
                    raise _unusable(f"it does not describe the file {missing!r}, which others import")
        finally:
            self._call.cancel()
        return Services(self._pool(), names)

    async def _names(self) -> AsyncIterator[str]:
        answer = await self._ask(list_services="")
        for each in answer.list_services_response.service:
            yield each.name

    async def _ask(self, **question: Any) -> Any:
        from grpc import aio

        await self._call.write(self._messages.ServerReflectionRequest(**question))
        answer = await self._call.read()
        if answer is aio.EOF:
            # Raises where the server ended it with an error.
            await self._call
            raise _unusable("it ends the conversation")
        return answer

    def _take(self, answer: Any) -> None:
        from google.protobuf import descriptor_pb2
        from google.protobuf.message import DecodeError

        for content in answer.file_descriptor_response.file_descriptor_proto:
            self._bytes += len(content)
            try:
                file = descriptor_pb2.FileDescriptorProto.FromString(content)
            except DecodeError as error:
                raise _unusable(str(error)) from error
            self._files[file.name] = file
            if len(self._files) > _MOST_FILES or self._bytes > _MOST_BYTES:
                raise _unusable("they are larger than anything known")

    def _missing(self) -> str:
        """A file that others import and that is not there yet."""
        imports = (name for file in self._files.values() for name in file.dependency)
        return next((name for name in imports if name not in self._files), "")

    def _pool(self) -> Any:
        from google.protobuf import descriptor_pool

        pool, added = descriptor_pool.DescriptorPool(), set[str]()
        try:
            while len(added) < len(self._files):
                ready = [
                    file
                    for name, file in self._files.items()
                    if name not in added and added.issuperset(file.dependency)
                ]
                if not ready:
                    raise _unusable("its files import each other")
                for file in ready:
                    pool.Add(file)
                    added.add(file.name)
        except (TypeError, ValueError) as error:
            raise _unusable(str(error)) from error
        return pool


def _unusable(reason: str) -> FlowError:
    return FlowError("connector.grpc.schema", f"what the service says of itself cannot be used: {reason}")
