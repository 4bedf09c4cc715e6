from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("field", "written", "read"),
    [
        ("choice", "list", "list"),
        ("boolean", True, True),
        ("integer", 3, 3),
        ("integer", 3.0, 3),
        ("number", 2, 2.0),
        ("wait", "250ms", 0.25),
        ("size", "64KB", 65536),
        ("literal", {"a": ["${b}"]}, {"a": ["${b}"]}),
        ("scalar", None, None),
        ("scalar", 12345678901234567890, 12345678901234567890),
        ("texts", ["a", "b"], ["a", "b"]),
        ("pattern", "abc", "abc"),
        ("module", "/shop/lib/a.js", "shop/lib/a.js"),
        ("mapping", "latest", "latest"),
        ("either", 5, 5),
        ("either", ["a"], ["a"]),
    ],
)
def test_values_are_read(many: Callable[..., Any], field: str, written: Any, read: Any) -> None:
    value = getattr(many(**{field: written}), field)
    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("field", "written", "message"),
    [
        ("choice", "lst", "`choice` cannot be 'lst': did you mean 'list'?"),
        ("choice", "LIST", "`choice` cannot be 'LIST': did you mean 'list'?"),
        ("choice", "zzz", "`choice` cannot be 'zzz': it is one of latest, list"),
        ("choice", 1, '`choice` must be "latest" or "list", not a number'),
        ("boolean", "true", "`boolean` must be true or false, not a text: write it without quotes"),
        ("boolean", 1, "`boolean` must be true or false, not a number"),
        ("integer", 0, "`integer` must be from 1 to 10, not 0"),
        ("integer", 1.5, "`integer` must be a whole number, not 1.5"),
        ("integer", True, "`integer` must be a whole number, not true or false"),
        ("integer", "5", "`integer` must be a whole number, not a text: write it without quotes"),
        ("number", -1, "`number` must be at least 0, not -1"),
        ("number", 10**400, "`number` is too large"),
        ("wait", 5, '`wait` must be a duration such as "30s", not a number: did you mean "5s"?'),
        ("wait", "5 parsecs", '`wait` must be a duration such as "250ms", "30s" or "5m", not \'5 parsecs\''),
        ("size", "5", '`size` must be a size such as "64KB" or "10MB", not \'5\''),
        ("literal", [], "`literal` must be an object, not a list"),
        ("scalar", {}, "`scalar` must be a text, a number, true, false or null, not an object"),
        ("texts", "a", "`texts` must be a list, not a text: put it in [ ]"),
        ("texts", ["a", 1], "item 2 of `texts` must be a text, not a number"),
        ("pattern", "ABC", "`pattern` must be a lower-case word, not 'ABC'"),
        ("params", [], "`params` must be an object, not a list"),
        ("either", True, "`either` must be a whole number or a list, not true or false"),
        ("choice", None, '`choice` must be "latest" or "list", not null: leave it out instead'),
    ],
)
def test_what_does_not_fit_is_refused(
    many_refused: Callable[..., list[str]], field: str, written: Any, message: str
) -> None:
    assert many_refused(**{field: written}) == [message]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("shop/a.js", 'must begin with "/" and the project'),
        ("", 'must begin with "/" and the project'),
        ("/shop/../a.js", 'must be a path without "." and ".." in it'),
        ("/./a.js", 'must be a path without "." and ".." in it'),
        ("/shop//a.js", "must name a file, without empty parts"),
        ("//a.js", "must name a file, without empty parts"),
        ("/shop/a.js/", "must name a file, without empty parts"),
        ("/shop\\a.js", "must be a path without '\\'"),
        ("/shop/%2e%2e/a.js", "must be a path without '%'"),
        ("/shop/a\0.js", "must be a path without control characters"),
        ("/shop/a", "must end in .js or .py"),
        ("/shop/a.JS", "must end in .js or .py"),
        ("/shop/.js", "must end in .js or .py"),
    ],
)
def test_module_paths_stay_in_the_registry(many_refused: Callable[..., list[str]], path: str, complaint: str) -> None:
    (message,) = many_refused(module=path)
    assert message.startswith(f"`module` {complaint}, not ")


def test_a_module_path_that_lacks_only_the_slash_is_suggested(many_refused: Callable[..., list[str]]) -> None:
    assert many_refused(module="shop/a.js")[0].endswith("did you mean '/shop/a.js'?")
    assert "did you mean" not in many_refused(module="../a.js")[0]


def test_a_module_is_named_without_the_notation_of_its_file(many_refused: Callable[..., list[str]]) -> None:
    assert many_refused(module="/shop/a.js.yaml")[0].endswith("did you mean '/shop/a.js'?")
    assert "did you mean" not in many_refused(module="/shop/a.yaml")[0]
