import pytest

from airdock.errors import FlowError, described


@pytest.mark.parametrize("raised", [ValueError, SystemExit, KeyboardInterrupt])
def test_an_exception_is_described_whatever_its_text_does(raised: type[BaseException]) -> None:
    class OddError(Exception):
        def __str__(self) -> str:
            raise raised

    assert described(OddError()) == "OddError: (its message cannot be shown)"


def test_an_exception_without_a_message_is_its_name() -> None:
    assert (described(KeyError("a")), described(ValueError())) == ("KeyError: 'a'", "ValueError")


def test_code_and_message_are_texts() -> None:
    error = FlowError(404, ["x"])  # type: ignore[arg-type]
    assert (error.code, error.message, error.matches("40*")) == ("404", "['x']", True)
