from collections.abc import AsyncIterator

import pytest

from tests.unit.connectors.imap.mailboxes import MemoryMailbox, RealMailbox, connected, posted
from tests.unit.connectors.imap.post import Post


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """A mail server that runs."""
    async with posted() as post:
        yield post


@pytest.fixture(params=["fake", "real"])
async def mailbox(request: pytest.FixtureRequest) -> AsyncIterator[RealMailbox | MemoryMailbox]:
    """An empty mailbox."""
    if request.param == "fake":
        yield MemoryMailbox()
        return
    async with posted() as post:
        mailbox = RealMailbox(post, await connected(post.port))
        yield mailbox
        await mailbox.close()
