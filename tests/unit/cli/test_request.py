"""The request of `airdock call`."""

from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from airdock.cli.request import Sent, joined_address, make_request, split_address


def make(
    method: str = "",
    headers: tuple[str, ...] = (),
    data: str | None = None,
    json: str | None = None,
    form: tuple[str, ...] = (),
) -> Sent:
    return make_request("p/a.flow", method, list(headers), data, json, list(form))


def test_a_request_without_a_body_is_a_get() -> None:
    assert make() == ("GET", "p/a.flow", {}, b"")


def test_a_body_makes_it_a_post_unless_a_method_is_named() -> None:
    assert make(json="{}").method == "POST"
    assert make("put", json="{}").method == "PUT"


def test_bodies_bring_their_type() -> None:
    assert make(json='{"a": 1}')[2:] == ({"content-type": "application/json"}, b'{"a": 1}')
    assert make(form=("a=1", "a=2 3", "b="))[2:] == (
        {"content-type": "application/x-www-form-urlencoded"},
        b"a=1&a=2+3&b=",
    )
    assert make(data="a=1")[2:] == ({"content-type": "application/x-www-form-urlencoded"}, b"a=1")


def test_a_header_of_ones_own_wins() -> None:
    sent = make(data="<a/>", headers=("Content-Type: application/xml", "X-A:1", "x-a: 2"))
    assert sent.headers == {"content-type": "application/xml", "x-a": "1, 2"}


def test_a_body_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"\x00\xff")
    assert make(data=f"@{tmp_path / 'body'}").body == b"\x00\xff"


@pytest.mark.parametrize(
    "wrong",
    [
        {"json": "{"},
        {"json": "{}", "data": "x"},
        {"form": ("a",)},
        {"headers": ("a",)},
        {"headers": (": a",)},
        {"data": "@/does/not/exist"},
    ],
    ids=str,
)
def test_what_cannot_be_sent_ends_the_program(wrong: dict[str, str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        make(**wrong)  # type: ignore[arg-type]
    assert ended.value.exit_code == 2


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("p/a.flow", "/services/flow/p/a.flow"),
        ("/p/a.flow?b=c", "/services/flow/p/a.flow?b=c"),
        ("/services/flow/p/a.flow", "/services/flow/p/a.flow"),
        ("http://127.0.0.1:8080/services/flow/p/a%20b.flow?b=c%20d", "/services/flow/p/a b.flow?b=c%20d"),
        ("p/a.flow?name=J ö&x=1+2", "/services/flow/p/a.flow?name=J%20%C3%B6&x=1+2"),
    ],
)
def test_addresses(written: str, address: str) -> None:
    assert joined_address(*split_address(written)) == address


@given(st.text())
def test_any_text_is_an_address(written: str) -> None:
    path, query = split_address(written) if not written.startswith("http") else ("", "")
    assert joined_address(path, query).startswith("/services/")
