from collections.abc import AsyncIterator
from typing import Any

import pytest

from airdock.connectors.graphql.connection import GraphqlConnection
from airdock.errors import FlowError
from tests.unit.connectors.graphql.catalogue import ITEM, PART, Catalogue, fake_catalogue
from tests.unit.connectors.opening import PUBLIC, opening


async def opened(catalogue: Catalogue, **fields: Any) -> Any:
    return await GraphqlConnection(url=catalogue.address, **fields).connect(opening())


@pytest.fixture(params=["real", "fake"])
async def client(request: pytest.FixtureRequest, catalogue: Catalogue) -> AsyncIterator[Any]:
    """A client of each kind; they keep the same promises."""
    client = fake_catalogue() if request.param == "fake" else await opened(catalogue)
    yield client
    await client.close()


async def error_of(client: Any, document: str, variables: Any) -> FlowError:
    with pytest.raises(FlowError) as caught:
        await client.execute(document, variables)
    return caught.value


async def test_data(client: Any) -> None:
    executed = await client.execute(ITEM, {"sku": "tea"})
    assert executed == ({"item": {"sku": "tea", "name": "Tea"}}, [])
    assert await client.execute(ITEM, {"sku": "tea"}, "Item") == executed


async def test_errors_beside_data(client: Any) -> None:
    executed = await client.execute(PART, {"sku": "tea"})
    assert executed.data == {"item": {"name": "Tea", "secret": None}}
    assert [each["message"] for each in executed.errors] == ["not for you"]


async def test_errors_without_data(client: Any) -> None:
    error = await error_of(client, "query { itm }", {})
    assert (error.code, len(error.details["errors"])) == ("connector.graphql.errors", 1)


async def test_a_sign_of_life(client: Any) -> None:
    await client.check()


async def test_values_never_become_a_part_of_the_document(catalogue: Catalogue) -> None:
    client = await opened(catalogue)
    evil = '") { sku } broken item(sku: "x'
    executed = await client.execute(ITEM, {"sku": evil})
    assert executed.data["item"]["sku"] == evil
    assert catalogue.requests[0][1]["query"] == ITEM
    await client.close()


@pytest.mark.parametrize(
    ("answer", "code", "check"),
    [
        ((503, "text/plain", "later"), "connector.http.status", "connector.unavailable"),
        ((401, "text/plain", "who?"), "connector.http.status", "connector.refused"),
        ((200, "text/html", "<p>"), "connector.http.status", None),
        ((200, "application/json", "{"), "connector.http.status", None),
        ((200, "application/json", "[]"), "connector.http.status", None),
        ((400, "application/json", '{"errors": [{"message": "no"}]}'), "connector.graphql.errors", None),
        ((200, "application/json", '{"errors": "no"}'), "connector.graphql.errors", None),
    ],
)
async def test_answers_that_are_none(
    catalogue: Catalogue, answer: tuple[int, str, str], code: str, check: str | None
) -> None:
    client = await opened(catalogue)
    catalogue.answer = answer
    assert (await error_of(client, ITEM, {"sku": "tea"})).code == code
    if check is None:
        await client.check()
    else:
        with pytest.raises(FlowError) as caught:
            await client.check()
        assert caught.value.code == check
    await client.close()


async def test_bounds(catalogue: Catalogue) -> None:
    client = await opened(catalogue, max_size=20)
    assert (await error_of(client, ITEM, {"sku": "tea"})).code == "connector.http.tooLarge"
    await client.close()
    inside = await GraphqlConnection(url=catalogue.address).connect(opening(network=PUBLIC))
    assert (await error_of(inside, ITEM, {"sku": "tea"})).code == "connector.network"
    await inside.close()


async def test_a_service_that_goes_away_and_comes_back(catalogue: Catalogue) -> None:
    client = await opened(catalogue)
    await catalogue.stop()
    assert (await error_of(client, ITEM, {"sku": "tea"})).code == "connector.unavailable"
    await catalogue.start(catalogue.port)
    await client.check()
    assert (await client.execute(ITEM, {"sku": "tea"})).errors == []
    await client.close()
