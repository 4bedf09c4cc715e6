import pytest

from airdock.triggers.http import BufferedRequest, Caller
from airdock.triggers.http.callers import NoCallers, authorization


def request(*values: str) -> BufferedRequest:
    return BufferedRequest("GET", "/", headers=[("Authorization", value) for value in values])


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["Bearer adk_1"], ("bearer", "adk_1")),
        (["  BASIC   YTpi  "], ("basic", "YTpi")),
        (["Bearer"], ("bearer", "")),
        (["Bearer a, Bearer b"], ("bearer", "a, Bearer b")),
        ([""], ("", "")),
        ([], None),
        (["Bearer a", "Bearer a"], None),
    ],
)
def test_a_credential_is_read_where_there_is_just_one(values: list[str], found: tuple[str, str] | None) -> None:
    assert authorization(request(*values)) == found


def test_a_user_is_what_flows_see_of_a_caller() -> None:
    assert Caller("ann", frozenset(("b", "a"))).as_user() == {"name": "ann", "roles": ["a", "b"]}


def test_where_nobody_can_sign_in_nobody_is_known() -> None:
    assert NoCallers().find(request("Bearer adk_1")) is None
