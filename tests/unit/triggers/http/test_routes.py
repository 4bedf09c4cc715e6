import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.triggers.http import Route, Routes
from tests.unit.triggers.http.refusing import refusing


def route(address: str) -> Route:
    return Route(address, None)


def found(routes: Routes, path: str) -> tuple[str, dict[str, str]] | None:
    match = routes.find(path)
    return match and (match[0].address, match[1])


ROUTES = Routes(
    route(address)
    for address in (
        "/f/p/x.flow",
        "/f/p/orders",
        "/f/p/orders/{id}",
        "/f/p/orders/new",
        "/f/p/orders/{id}/items/{item}",
        "/f/p/orders/new/items",
        "/f/{project}/x.flow",
    )
)


@pytest.mark.parametrize(
    ("path", "match"),
    [
        ("/f/p/x.flow", ("/f/p/x.flow", {})),
        ("/f/q/x.flow", ("/f/{project}/x.flow", {"project": "q"})),
        ("/f/p/orders", ("/f/p/orders", {})),
        ("/f/p/orders/5", ("/f/p/orders/{id}", {"id": "5"})),
        ("/f/p/orders/a b", ("/f/p/orders/{id}", {"id": "a b"})),
        ("/f/p/orders/new", ("/f/p/orders/new", {})),
        ("/f/p/orders/new/items", ("/f/p/orders/new/items", {})),
        ("/f/p/orders/new/items/3", ("/f/p/orders/{id}/items/{item}", {"id": "new", "item": "3"})),
        ("/f/p/orders/", None),
        ("/f/p/x.flow/", None),
        ("/f/p/X.flow", None),
        ("/f/p/orders/1/2", None),
        ("/f", None),
        ("/", None),
        ("", None),
        ("*", None),
    ],
)
def test_find(path: str, match: tuple[str, dict[str, str]] | None) -> None:
    assert found(ROUTES, path) == match


@pytest.mark.parametrize(
    "path",
    [
        "/f/p/orders/..",
        "/f/../etc/passwd",
        "/f/./x",
        "//f/p",
        "/f/p/a\\b",
        "/f/p/\0",
        "/f/p/a\nb",
        "/..",
        "..",
        "/f/p/\x7f",
    ],
)
def test_a_path_that_no_address_has_is_refused(path: str) -> None:
    with pytest.raises(FlowError) as caught:
        ROUTES.find(path)
    assert (caught.value.code, caught.value.status) == ("request.path", 400)


def test_of_two_routes_for_one_address_the_first_answers() -> None:
    first, second = route("/a/x"), route("/a/x")
    named, renamed = route("/a/{b}/c"), route("/a/{z}/c")
    routes = Routes([first, second, named, renamed])
    assert [(conflict.kept, conflict.refused) for conflict in routes.conflicts] == [(first, second), (named, renamed)]
    assert routes.find("/a/x") == (first, {})
    assert routes.find("/a/1/c") == (named, {"b": "1"})


@given(st.text(max_size=60))
def test_no_path_raises_anything_but_a_flow_error(path: str) -> None:
    with refusing("request.path"):
        assert ROUTES.find(path) is None or path.startswith("/f/")


@given(
    st.lists(
        st.sampled_from(["/a", "/b", "/{x}"]).flatmap(
            lambda head: st.lists(st.sampled_from(["/a", "/b", "/{x}"]), max_size=3).map(
                lambda rest: head + "".join(rest)
            )
        ),
        max_size=12,
    ),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
)
def test_find_agrees_with_trying_every_template(addresses: list[str], parts: list[str]) -> None:
    def fits(address: str) -> bool:
        segments = address.split("/")[1:]
        return len(segments) == len(parts) and all(
            segment == part or segment.startswith("{") for segment, part in zip(segments, parts, strict=True)
        )

    match = Routes(route(address) for address in addresses).find("/" + "/".join(parts))
    fitting = [address for address in addresses if fits(address)]
    assert (match is not None) == bool(fitting)
    if match is not None:
        assert match[0].address in fitting
        assert match[0].address == min(
            fitting, key=lambda address: [part.startswith("{") for part in address.split("/")]
        )


def test_many_routes_do_not_slow_a_search() -> None:
    deep = "".join("/{p}" for _ in range(500))
    routes = Routes([route(deep), route("/a" * 499 + "/{p}")])
    assert found(routes, "/a" * 500) == ("/a" * 499 + "/{p}", {"p": "a"})
    assert routes.find("/" * 1 + "a/" * 20_000 + "a") is None
