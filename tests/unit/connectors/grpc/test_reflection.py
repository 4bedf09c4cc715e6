from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_reflection.v1alpha import reflection_pb2 as messages

from airdock.connectors.grpc.reflection import reflected
from airdock.errors import FlowError

_NAME = "grpc.reflection.v1alpha.ServerReflection"


class Mirror:
    """A server that describes itself with these files, whatever it is asked."""

    def __init__(self) -> None:
        self.files: list[bytes] = []

    async def answer(self, questions: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        async for question in questions:
            if question.HasField("list_services"):
                yield messages.ServerReflectionResponse(
                    list_services_response=messages.ListServiceResponse(service=[messages.ServiceResponse(name="a.B")])
                )
            else:
                files = messages.FileDescriptorResponse(file_descriptor_proto=self.files)
                yield messages.ServerReflectionResponse(file_descriptor_response=files)


@pytest.fixture
def mirror() -> Mirror:
    return Mirror()


@pytest.fixture
async def channel(mirror: Mirror) -> AsyncIterator[Any]:
    server = grpc.aio.server()
    handler: Any = grpc.stream_stream_rpc_method_handler(
        mirror.answer, messages.ServerReflectionRequest.FromString, lambda answer: answer.SerializeToString()
    )
    handlers = grpc.method_handlers_generic_handler(_NAME, {"ServerReflectionInfo": handler})
    server.add_generic_rpc_handlers((handlers,))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    await server.stop(None)


def file(name: str, *imports: str, **fields: Any) -> bytes:
    content: bytes = FileDescriptorProto(name=name, dependency=imports, **fields).SerializeToString()
    return content


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([b"\xff"], "cannot be used"),
        ([file("a.proto", "gone.proto")], "does not describe the file 'gone.proto'"),
        ([file("a.proto", "b.proto"), file("b.proto", "a.proto")], "its files import each other"),
        ([file(f"{n}.proto") for n in range(600)], "larger than anything known"),
        ([file("a.proto", syntax="proto9")], "cannot be used"),
    ],
)
async def test_descriptions_that_cannot_be_used(mirror: Mirror, channel: Any, files: list[bytes], told: str) -> None:
    mirror.files = files
    with pytest.raises(FlowError) as caught:
        await reflected(channel, "a.B", 5)
    assert (caught.value.code, told in caught.value.message) == ("connector.grpc.schema", True)
