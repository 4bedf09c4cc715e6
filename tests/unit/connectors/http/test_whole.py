import pytest

from airdock.connectors.http.whole import WholeAnswer
from airdock.errors import FlowError


async def test_an_answer_is_read_within_its_bound() -> None:
    answer = WholeAnswer(200, {}, b"abc")
    assert await answer.read(3) == b"abc"
    assert [piece async for piece in answer.pieces(3)] == [b"abc"]
    with pytest.raises(FlowError) as caught:
        await answer.read(2)
    assert caught.value.code == "connector.http.tooLarge"
    answer.close()
