import pytest

from airdock.errors import DescriptorError, Place
from airdock.spec.protection import ApiKey
from airdock.triggers.http.protection.secrets import assumed, lines_of, no_secrets, pairs_of
from tests.unit.triggers.http.protection.signing import secret

KEY = ApiKey(header="X", secret="keys", place=Place("p/a.flow", 1), places={"secret": Place("p/a.flow", 3, 5)})


def test_lines_are_values() -> None:
    assert lines_of(KEY, secret(" a \r\n\n\tb c\n")) == ["a", "b c"]
    assert pairs_of(KEY, secret("n: v \nv2"), named=False) == [("n", "v"), ("keys", "v2")]


def test_a_missing_secret_is_told_at_its_place_with_the_next_move() -> None:
    with pytest.raises(DescriptorError) as caught:
        lines_of(KEY, no_secrets)
    (problem,) = caught.value.problems
    assert problem.place == Place("p/a.flow", 3, 5)
    assert problem.hint == "airdock secrets set keys"


def test_where_secrets_are_not_at_hand_any_is_taken_to_be_there() -> None:
    assert pairs_of(KEY, assumed, named=True)[0][0] == "keys"
    assert assumed("keys") != assumed("keys")
