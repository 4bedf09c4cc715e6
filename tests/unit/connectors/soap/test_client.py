import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from airdock.connectors.http.auth import BearerAuth
from airdock.connectors.http.schemes import Auth
from airdock.connectors.soap.client import SoapClient
from airdock.connectors.soap.connection import SoapConnection, UserNameToken
from airdock.connectors.soap.fake import FakeSoap
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.opening import PUBLIC, opening
from tests.unit.connectors.soap.prices import DETAIL, FOUND, Prices, Until, fake_prices, files

SECRETS = {"password": "s3cret", "token": "t0p"}
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"


async def opened(prices: Prices, **fields: Any) -> SoapClient:
    fields = {"wsdl": "p/prices.wsdl", **fields}
    return await SoapClient.opened(SoapConnection(**fields), opening(SECRETS, prices.files))


async def error_of(client: Any, arguments: Any, operation: str = "GetPrice") -> FlowError:
    with pytest.raises(FlowError) as caught:
        await client.call(operation, arguments)
    return caught.value


@pytest.fixture(params=["soap", "soap12", "address", "fake"])
async def client(request: pytest.FixtureRequest, prices: Prices) -> AsyncIterator[SoapClient | FakeSoap]:
    """A client of each kind; they keep the same promises."""
    if request.param == "soap12":
        prices.soap = "soap12"
    address = {"wsdl": "", "wsdl_url": f"{prices.address}?wsdl"} if request.param == "address" else {}
    client = fake_prices() if request.param == "fake" else await opened(prices, **address)
    yield client
    await client.close()


async def test_an_answer_is_a_plain_value(client: Any) -> None:
    assert await client.call("GetPrice", {"sku": "tea", "quantity": 3}) == FOUND


async def test_a_fault_is_an_error(client: Any) -> None:
    error = await error_of(client, {"sku": "none"})
    assert (error.code, error.details["detail"]) == ("connector.soap.fault", DETAIL)
    assert error.details["faultCode"] in ("Client", "Sender")
    assert error.message == "GetPrice ended with a fault: no such item"


async def test_an_operation_that_is_not_there(client: Any) -> None:
    assert (await error_of(client, {}, "GetPrize")).code == "connector.soap.operation"


async def test_arguments_are_an_object(client: Any) -> None:
    assert (await error_of(client, ["tea"])).code == "connector.soap.arguments"


async def test_a_sign_of_life(client: Any) -> None:
    await client.check()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "Missing element sku"),
        ({"sku": "tea", "amount": 3}, "unexpected keyword argument 'amount'"),
        ({"sku": "nul\0"}, "XML"),
        ({"sku": "tea", "_soapheaders": {}}, "_soapheaders"),
    ],
)
async def test_arguments_that_do_not_fit_are_not_sent(prices: Prices, arguments: Any, told: str) -> None:
    client = await opened(prices)
    error = await error_of(client, arguments)
    assert (error.code, told in error.message) == ("connector.soap.arguments", True)
    assert prices.requests == []
    await client.close()


async def test_near_operations_are_told(prices: Prices) -> None:
    client = await opened(prices)
    assert "did you mean 'GetPrice'?" in (await error_of(client, {}, "GetPrize")).message
    await client.close()


async def test_text_never_becomes_xml(prices: Prices) -> None:
    client = await opened(prices)
    await client.call("GetPrice", {"sku": "</sku><evil/>&amp;"})
    _, envelope = prices.requests[0]
    assert envelope.findtext(".//{urn:prices}sku") == "</sku><evil/>&amp;"
    await client.close()


async def test_bytes_go_and_come_as_base64(prices: Prices) -> None:
    client = await opened(prices)
    found = await client.call("GetPrice", {"sku": "tea", "picture": b"abc"})
    assert found["picture"] == "YWJj"
    await client.close()


@pytest.mark.parametrize("digest", [False, True])
async def test_a_user_name_token(prices: Prices, digest: bool) -> None:
    token = UserNameToken(user="joe", password=Secret(secret="password"), digest=digest)
    client = await opened(prices, security=token)
    await client.call("GetPrice", {"sku": "tea"})
    await client.call("GetPrice", {"sku": "tea"})
    sent = [envelope.find(f".//{{{WSSE}}}UsernameToken") for _, envelope in prices.requests]
    assert [each.findtext(f"{{{WSSE}}}Username") for each in sent] == ["joe", "joe"]
    passwords = [each.findtext(f"{{{WSSE}}}Password") for each in sent]
    assert (passwords == ["s3cret", "s3cret"]) is not digest
    assert len({each.findtext(f"{{{WSSE}}}Nonce") for each in sent}) == (2 if digest else 1)
    await client.close()


async def test_http_credentials_and_headers(prices: Prices) -> None:
    auth = Auth(type="bearer")
    auth.options = BearerAuth(token=Secret(secret="token"))
    client = await opened(prices, auth=auth, headers={"X-Client": "airdock"})
    await client.call("GetPrice", {"sku": "tea"})
    headers, _ = prices.requests[0]
    assert (headers["Authorization"], headers["X-Client"]) == ("Bearer t0p", "airdock")
    assert headers["SOAPAction"] == '"urn:prices/GetPrice"'
    await client.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, "text/xml", '<!DOCTYPE x [<!ENTITY a "b">]><Envelope>&a;</Envelope>'), "connector.failed"),
        ((200, "text/xml", "<Envelope"), "connector.failed"),
        ((200, "text/xml", "<Other/>"), "connector.failed"),
        ((200, "text/html", "<h1>Welcome, Envelope"), "connector.failed"),
        ((404, "text/html", "not found"), "connector.failed"),
        ((503, "text/plain", "later"), "connector.unavailable"),
        ((401, "text/plain", "who?"), "connector.refused"),
    ],
)
async def test_an_answer_that_is_none(prices: Prices, answer: tuple[int, str, str], code: str) -> None:
    client = await opened(prices)
    prices.answers["odd"] = answer
    assert (await error_of(client, {"sku": "odd"})).code == code
    await client.close()


async def test_an_answer_may_not_be_too_large(prices: Prices) -> None:
    client = await opened(prices, max_size=2000)
    prices.answers["long"] = (200, "text/xml", "<x>" + "y" * 3000 + "</x>")
    assert (await error_of(client, {"sku": "long"})).code == "connector.http.tooLarge"
    await client.close()


async def test_it_takes_no_longer_than_allowed(prices: Prices, until: Until) -> None:
    client = await opened(prices, timeout=0.1)
    assert (await error_of(client, {"sku": "slow"})).code == "connector.timeout"
    await client.close()
    client = await opened(prices)
    task = asyncio.ensure_future(client.call("GetPrice", {"sku": "slow"}))
    await until(lambda: prices.waiting)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not prices.waiting)
    await client.close()


async def test_a_service_that_goes_away_and_comes_back(prices: Prices) -> None:
    client = await opened(prices)
    await prices.stop()
    assert (await error_of(client, {"sku": "tea"})).code == "connector.unavailable"
    with pytest.raises(FlowError, match="cannot be reached"):
        await client.check()
    await prices.start(prices.port)
    await client.check()
    assert await client.call("GetPrice", {"sku": "tea"}) == FOUND
    await client.close()


async def test_an_address_in_place_of_that_of_the_wsdl(prices: Prices) -> None:
    prices.location = "http://elsewhere.example.com/prices"
    client = await opened(prices, url=prices.address)
    assert await client.call("GetPrice", {"sku": "tea"}) == FOUND
    await client.close()


async def test_a_fetched_wsdl_sends_nowhere_else(prices: Prices) -> None:
    prices.location = "http://elsewhere.example.com/prices"
    fetched = {"wsdl": "", "wsdl_url": f"{prices.address}?wsdl"}
    with pytest.raises(FlowError) as caught:
        await opened(prices, **fetched)
    assert caught.value.code == "connector.http.notAllowed"
    client = await opened(prices, **fetched, allow=["http://elsewhere.example.com"])
    await client.close()


async def test_where_the_installation_lets_nothing_go(prices: Prices) -> None:
    inside = opening(SECRETS, prices.files, PUBLIC)
    with pytest.raises(FlowError) as caught:
        await SoapClient.opened(SoapConnection(wsdl="", wsdl_url=prices.address), inside)
    assert caught.value.code == "connector.network"
    client = await SoapClient.opened(SoapConnection(wsdl="p/prices.wsdl"), inside)
    assert (await error_of(client, {"sku": "tea"})).code == "connector.network"
    await client.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"p/prices.wsdl": b"<definitions"}, "Invalid XML"),
        ({"p/prices.wsdl": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}, "DTDForbidden"),
        ({"p/parts/tier.xsd": None}, "'p/parts/tier.xsd', which is no file of the project"),
        ({"p/prices.wsdl": b"<x/>"}, "the WSDL"),
    ],
)
async def test_a_wsdl_that_cannot_be_used(prices: Prices, change: dict[str, Any], told: str) -> None:
    content = {name: text for name, text in {**files(prices.address), **change}.items() if text is not None}
    with pytest.raises(FlowError) as caught:
        await SoapClient.opened(SoapConnection(wsdl="p/prices.wsdl"), opening(SECRETS, content))
    assert (caught.value.code, told in caught.value.message) == ("connector.soap.wsdl", True), caught.value.message


@pytest.mark.parametrize(
    ("fields", "told"), [({"service": "Other"}, "no service 'Other'"), ({"port": "Other"}, "no port of Prices 'Other'")]
)
async def test_a_service_or_port_that_is_not_there(prices: Prices, fields: dict[str, str], told: str) -> None:
    with pytest.raises(FlowError, match=told):
        await opened(prices, **fields)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "/etc/passwd", "../../etc/passwd", "http://10.0.0.1/a.xsd"])
async def test_a_wsdl_of_the_project_reads_nothing_else(prices: Prices, location: str) -> None:
    content = files(prices.address)
    content["p/prices.wsdl"] = content["p/prices.wsdl"].replace(b"parts/tier.xsd", location.encode())
    with pytest.raises(FlowError) as caught:
        await SoapClient.opened(SoapConnection(wsdl="p/prices.wsdl"), opening(SECRETS, content))
    assert "which is no file of the project" in caught.value.message
