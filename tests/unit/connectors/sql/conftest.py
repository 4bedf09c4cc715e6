import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from airdock.connectors.sql.client import SqlClient
from tests.unit.connectors.opened import opened
from tests.unit.connectors.sql.databases import KINDS, address_of, declared, emptied


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


@pytest.fixture(scope="session")
def addresses() -> Iterator[Callable[[str], str]]:
    """The address of a database of each kind, made when it is first asked for."""
    made: dict[str, str] = {}
    with ExitStack() as stack:

        def address(kind: str) -> str:
            if kind not in made:
                made[kind] = stack.enter_context(address_of(kind))
            return made[kind]

        yield address


@pytest.fixture
def url(kind: str, addresses: Callable[[str], str]) -> Iterator[str]:
    """The address of a database without tables."""
    address = addresses(kind)
    yield address
    asyncio.run(emptied(address))


@pytest.fixture
async def client(kind: str, url: str, tmp_path: Path) -> AsyncIterator[SqlClient]:
    if kind == "fake":
        fake = declared(url).fake()
        yield fake
        await fake.close()
        return
    async with opened(declared(url), tmp_path) as real:
        yield real
