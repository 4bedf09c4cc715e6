import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from grpc import ssl_server_credentials

from airdock.connectors.grpc.client import GrpcClient
from airdock.connectors.grpc.connection import GrpcConnection, GrpcTls
from airdock.connectors.grpc.fake import FakeGrpc
from airdock.connectors.grpc.services import Form
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.grpc.stock import FILES, Stock, fake_stock
from tests.unit.connectors.opening import PUBLIC, opening

GET, WATCH = "shop.Stock/Get", "shop.Stock/Watch"


def connection(stock: Stock, **fields: Any) -> GrpcConnection:
    return GrpcConnection(**{"url": f"grpc://127.0.0.1:{stock.port}", "proto": "p/stock.proto", **fields})


async def opened(stock: Stock, **fields: Any) -> GrpcClient:
    return await GrpcClient.opened(connection(stock, **fields), opening({"token": "t0p"}, FILES))


@pytest.fixture(params=["file", "reflection", "fake"])
async def client(request: pytest.FixtureRequest, stock: Stock) -> AsyncIterator[GrpcClient | FakeGrpc]:
    """A client of each kind; they keep the same promises."""
    proto = {"file": "p/stock.proto", "reflection": ""}
    client = fake_stock() if request.param == "fake" else await opened(stock, proto=proto[request.param])
    yield client
    await client.close()


async def call(client: Any, message: Any, name: str = GET, **options: Any) -> Any:
    method = await client.method(name)
    if not method.streams:
        return await client.unary(method, message, **options)
    return [each async for each in client.stream(method, message, **options)]


async def error_of(client: Any, message: Any, name: str = GET, **options: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await call(client, message, name, **options)
    return caught.value


async def test_a_method_that_answers_once(client: Any) -> None:
    assert await call(client, {"sku": "tea"}) == {"sku": "tea", "onHand": "12", "since": "1970-01-01T00:00:00Z"}


async def test_a_method_that_answers_with_a_stream(client: Any) -> None:
    assert (await client.method(WATCH)).streams
    found = await call(client, {"sku": "tea", "count": 3}, WATCH)
    assert [each["onHand"] for each in found] == ["1", "2", "3"]
    assert await call(client, {"sku": "tea", "count": 0}, WATCH) == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("NOT_FOUND", "connector.grpc.notFound"),
        ("INVALID_ARGUMENT", "connector.grpc.invalidArgument"),
        ("UNAVAILABLE", "connector.unavailable"),
        ("UNAUTHENTICATED", "connector.refused"),
        ("DEADLINE_EXCEEDED", "connector.timeout"),
    ],
)
async def test_a_status_is_an_error(client: Any, status: str, code: str) -> None:
    for name in (GET, WATCH):
        error = await error_of(client, {"sku": f"fail:{status}", "count": 1}, name)
        assert (error.code, error.details) == (code, {"grpcStatus": status, "detail": "the shelf is closed"})
        assert "the shelf is closed" in error.message


async def test_a_method_that_is_not_there(client: Any) -> None:
    error = await error_of(client, {}, "shop.Stock/Gett")
    assert error.code == "connector.grpc.method"
    error = await error_of(client, {}, "shop.Stok/Get")
    assert error.code == "connector.grpc.method"


async def test_a_message_is_an_object(client: Any) -> None:
    assert (await error_of(client, "tea")).code == "connector.grpc.message"


async def test_a_sign_of_life(client: Any) -> None:
    await client.check()


async def test_near_names_are_told(stock: Stock) -> None:
    client = await opened(stock)
    error = await error_of(client, {}, "shop.Stock/Gett")
    assert "did you mean 'Get'?" in error.message
    error = await error_of(client, {}, "shop.Stok/Get")
    assert "did you mean 'shop.Stock'?" in error.message
    error = await error_of(client, {}, "shop.Stock/Load")
    assert "takes a stream of messages" in error.message
    error = await error_of(client, {"skU": "tea"})
    assert (error.code, "skU" in error.message) == ("connector.grpc.message", True)
    await client.close()


async def test_names_as_in_the_schema_and_defaults(stock: Stock) -> None:
    client = await opened(stock)
    found = await call(client, {"sku": ""}, form=Form(original_names=True, defaults=True))
    assert found == {"sku": "", "on_hand": "12", "since": "1970-01-01T00:00:00Z", "note": ""}
    await client.close()


async def test_metadata_of_the_connection_and_of_the_call(stock: Stock) -> None:
    client = await opened(stock, metadata={"authorization": Secret(secret="token"), "x-shop": "north"})
    await call(client, {"sku": "tea"}, metadata={"x-run": "7"})
    sent = {name: stock.metadata.get(name) for name in ("authorization", "x-shop", "x-run")}
    assert sent == {"authorization": "t0p", "x-shop": "north", "x-run": "7"}
    await client.close()


async def test_a_deadline_ends_the_call_at_both_sides(stock: Stock, until: Callable[..., Any]) -> None:
    client = await opened(stock, timeout=0.05)
    assert (await error_of(client, {"sku": "slow"})).code == "connector.timeout"
    assert (await error_of(client, {"sku": "slow", "count": 1}, WATCH)).code == "connector.timeout"
    assert (await error_of(client, {"sku": "slow"}, WATCH, deadline=0.02)).code == "connector.timeout"
    await until(lambda: not stock.waiting)
    await client.close()


async def test_who_closes_a_stream_or_is_cancelled_ends_the_call(stock: Stock, until: Callable[..., Any]) -> None:
    client = await opened(stock)
    items = client.stream(await client.method(WATCH), {"sku": "slow", "count": 1})
    await anext(items)
    await until(lambda: stock.waiting)
    await items.aclose()  # type: ignore[attr-defined]
    await until(lambda: not stock.waiting)
    task = asyncio.ensure_future(call(client, {"sku": "slow"}))
    await until(lambda: stock.waiting)
    task.cancel()
    await until(lambda: not stock.waiting)
    await client.close()


async def test_messages_have_a_largest_size(stock: Stock) -> None:
    client = await opened(stock, max_size=100_000)
    found = await call(client, {"sku": "long", "count": 80_000})
    assert len(found["note"]) == 80_000
    error = await error_of(client, {"sku": "long", "count": 200_000})
    assert error.code == "connector.grpc.resourceExhausted"
    await client.close()


async def test_a_service_that_goes_away_and_comes_back(stock: Stock) -> None:
    client = await opened(stock, proto="")
    assert (await call(client, {"sku": "tea"}))["sku"] == "tea"
    await stock.stop()
    error = await error_of(client, {"sku": "tea"})
    assert error.code == "connector.unavailable"
    await stock.start(stock.port)
    await client.check()
    assert (await call(client, {"sku": "tea"}))["sku"] == "tea"
    await client.close()


async def test_a_service_that_does_not_describe_itself(stock: Stock) -> None:
    await stock.stop()
    await stock.start(reflects=False)
    client = await opened(stock, proto="")
    error = await error_of(client, {"sku": "tea"})
    assert (error.code, "give the connection's `proto`" in error.message) == ("connector.grpc.schema", True)
    await client.close()


async def test_where_the_installation_lets_nothing_go(stock: Stock) -> None:
    with pytest.raises(FlowError) as caught:
        await GrpcClient.opened(connection(stock), opening(files=FILES, network=PUBLIC))
    assert caught.value.code == "connector.network"


@pytest.mark.parametrize(
    ("files", "told"),
    [({}, "there is no file 'p/stock.proto'"), ({"p/stock.proto": b"message {"}, "does not compile: stock.proto:1:9")],
)
async def test_a_schema_that_cannot_be_used(stock: Stock, files: dict[str, bytes], told: str) -> None:
    with pytest.raises(FlowError) as caught:
        await GrpcClient.opened(connection(stock), opening(files=files))
    assert (caught.value.code, told in caught.value.message) == ("connector.grpc.schema", True)


async def test_tls_by_a_certificate_of_its_own(stock: Stock) -> None:
    await stock.stop()
    key, certificate = _certificate("stock.internal")
    await stock.start(credentials=ssl_server_credentials([(key, certificate)], certificate, require_client_auth=True))
    files = {**FILES, "p/ca.pem": certificate}
    url = f"grpcs://127.0.0.1:{stock.port}"
    secure: dict[str, Any] = {"ca": "p/ca.pem", "server_name": "stock.internal"}
    secrets = {"key": key.decode(), "shown": certificate.decode()}
    own: dict[str, Any] = {"certificate": "p/ca.pem", "key": Secret(secret="key")}
    for shown in ("p/ca.pem", Secret(secret="shown")):
        tls = GrpcTls(**secure, **{**own, "certificate": shown})
        client = await GrpcClient.opened(connection(stock, url=url, tls=tls), opening(secrets, files))
        assert (await call(client, {"sku": "tea"}))["sku"] == "tea"
        await client.check()
        await client.close()
    # Without a certificate of the caller, and under another name.
    refused: tuple[GrpcTls | None, ...] = (
        None,
        GrpcTls(**secure),
        GrpcTls(**{**secure, **own, "server_name": "other.internal"}),
    )
    for each in refused:
        client = await GrpcClient.opened(connection(stock, url=url, tls=each), opening(secrets, files))
        assert (await error_of(client, {"sku": "tea"})).code == "connector.unavailable"
        await client.close()


def _certificate(name: str) -> tuple[bytes, bytes]:
    """A key and a certificate for a name, signed by itself, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain), made.public_bytes(encoding)
