"""What an expression sees and gives."""

import copy
import datetime
import decimal
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.exchange import FILL, Exchange, Run
from airdock.expressions import ExpressionSyntaxError, compile_expression
from airdock.expressions.expression import Expression
from airdock.response import Headers
from tests.unit.expressions.documents import FAILURES, FullRequest, code_of, documents, exchange, paths, refusal, values


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("body.amount", 5),
        ('body.amount > 3 and body.kind = "x"', True),
        ("body.missing", None),
        ("body.items.name", ["p", "q"]),
        ("body.items[qty > 1].name", "q"),
        ("$sum(body.items.qty)", 3),
        ('{"n": $count(body.items), "k": $uppercase(body.kind)}', {"n": 2, "k": "X"}),
        ("properties.rate * 2", 3),
        ("properties.`odd name`", "o"),
        ("$sum", None),
        ("[$sum, /a/, 1]", [None, None, 1]),
        ("body.kind ~> $uppercase", "X"),
    ],
)
def test_value(source: str, value: Any) -> None:
    body = {"amount": 5, "kind": "x", "items": [{"name": "p", "qty": 1}, {"name": "q", "qty": 2}]}
    assert compile_expression(source).evaluate(exchange(body, rate=1.5, **{"odd name": "o"})) == value


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("1 + 1", set()),
        ("properties.a", set()),
        ("body.a and headers.b", {"body", "headers"}),
        ("request.query.name & request.path", {"request.query", "request.path"}),
        ("request.($.cookies.id)", {"request.cookies"}),
        ("run.id", {"run"}),
        ("config.url", {"config"}),
        ("error.code & loop.index & split.index", set()),
        ("request", {part for part in FILL if part.startswith("request.")}),
        ("$keys(request)", {part for part in FILL if part.startswith("request.")}),
        ("$$", set(FILL)),
        ("**.name", set(FILL)),
        ("$exists(body)", {"body"}),
    ],
)
def test_needs_are_the_parts_that_are_read(source: str, needs: set[str]) -> None:
    assert compile_expression(source).needs == needs


def test_only_what_is_needed_is_asked_of_the_request() -> None:
    request = FullRequest()
    made = Exchange(Run("0190", "a.flow"), request)
    assert compile_expression('request.query.name & "!"').evaluate(made) == "Ada!"
    assert request.asked == ["query"]
    assert compile_expression("request.query.name & body.id & request.headers.`content-type`").evaluate(made)
    assert request.asked == ["query", "body", "headers"]


def test_whole_document_is_filled() -> None:
    made = Exchange(Run("0190", "a.flow"), FullRequest(), config={"url": "u"})
    assert compile_expression("$$.config.url & $string($count($keys($$)) > 4)").evaluate(made) == "utrue"


def test_what_filling_raises_passes() -> None:
    class Unfit(FullRequest):
        @property
        def body(self) -> Any:
            raise FlowError("request.body", "not JSON")

    with pytest.raises(FlowError, match="not JSON"):
        compile_expression("body.id").evaluate(Exchange(Run("0190", "a.flow"), Unfit()))


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (None, False), (False, False), (0, False), (0.0, False), ("", False), ([], False), ({}, False),
        ([0, ""], False), (True, True), (1, True), ("0", True), ([0, [1]], True), ({"a": None}, True), (b"x", True),
    ],
)  # fmt: skip
def test_truth(value: Any, truth: bool) -> None:
    assert compile_expression("body").test(exchange(value)) is truth


@given(values)
def test_truth_is_that_of_jsonata(value: Any) -> None:
    document = exchange({"v": value})
    assert compile_expression("body.v").test(document) is compile_expression("$boolean(body.v) = true").test(document)


def test_headers_are_read_by_their_lower_case_names_however_it_is_evaluated() -> None:
    made = exchange(None)
    made.document["headers"] = Headers({"X-Id": "7"})
    assert compile_expression("headers.`x-id`").evaluate(made) == "7"
    assert compile_expression('headers.`x-id` & ""').evaluate(made) == "7"
    assert compile_expression("headers.`X-Id`").evaluate(made) is None
    assert compile_expression("[headers.`X-Id`]").evaluate(made) == []


SPECIAL = {
    "price": decimal.Decimal("1.50"),
    "count": decimal.Decimal("9223372036854775807"),
    "when": datetime.datetime(2024, 2, 29, 12, 0, tzinfo=datetime.UTC),
    "day": datetime.date(2024, 2, 29),
    "id": uuid.UUID(int=1),
    "pair": (1, 2),
    "one": {5},
    "raw": b"\x00",
    "keys": {1: "a"},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("body.price * 2", 3),
        ("[body.count]", [9223372036854775807]),
        ('body.when & ""', "2024-02-29T12:00:00+00:00"),
        ('body.day & ""', "2024-02-29"),
        ('body.id & ""', "00000000-0000-0000-0000-000000000001"),
        ("$sum(body.pair)", 3),
        ("[body.one]", [5]),
        ("body.keys.`1`", None),
        ("$keys(body.keys)", "1"),
        ("$exists(body.raw)", True),
    ],
)
def test_values_that_json_does_not_have_are_read_as_the_nearest(source: str, value: Any) -> None:
    assert compile_expression(source).evaluate(exchange(SPECIAL)) == value


def test_a_path_alone_gives_such_a_value_as_it_is() -> None:
    for name in ("price", "count", "when", "day", "id", "raw"):
        value = compile_expression(f"body.{name}").evaluate(exchange(SPECIAL))
        assert value == SPECIAL[name]
        assert type(value) is type(SPECIAL[name])
    assert compile_expression("body.pair").evaluate(exchange(SPECIAL)) == [1, 2]


def test_bytes_say_what_to_do() -> None:
    with pytest.raises(FlowError, match="unmarshal") as raised:
        compile_expression("$uppercase(body.raw)").evaluate(exchange(SPECIAL))
    assert raised.value.code == "expression.type"


def test_unread_values_do_not_matter() -> None:
    assert compile_expression("body.price > 1 and true").evaluate(exchange({**SPECIAL, "x": object()})) is True


def test_an_object_of_a_program_is_refused() -> None:
    with pytest.raises(FlowError, match="object, which is not a value that JSON has") as raised:
        compile_expression("[body.x]").evaluate(exchange({"x": object()}))
    assert raised.value.code == "expression.type"


@pytest.mark.parametrize(
    "source", ["$$", "body", "(body)", "[body]", '{"x": body.a}', "$merge([body])", "body.a", "body.a[0]"]
)
@given(documents)
def test_results_share_nothing_with_the_message(source: str, document: dict[str, Any]) -> None:
    whole = {"body": document, "properties": {}}
    before = copy.deepcopy(whole)
    spoil(compile_expression(source).evaluate_document(whole))
    assert whole == before


def spoil(value: Any) -> None:
    """Changes every container in a value."""
    if isinstance(value, dict):
        for each in list(value.values()):
            spoil(each)
        value["spoilt"] = True
    elif isinstance(value, list):
        for each in value:
            spoil(each)
        value.append("spoilt")


def test_a_transform_operator_changes_a_copy() -> None:
    made = exchange({"a": 1})
    assert compile_expression('body ~> |$|{"a": 2}|').evaluate(made) == {"a": 2}
    assert made.body == {"a": 1}


def test_runtime_error_names_the_expression_and_the_place() -> None:
    with pytest.raises(FlowError) as raised:
        compile_expression("1 + body.name").evaluate(exchange({"name": "secret" * 100}))
    error = raised.value
    assert error.code == "expression.type"
    assert error.details == {"jsonata": "T2002", "position": 3, "expression": "1 + body.name"}
    assert "`1 + body.name`" in error.message
    assert "right side" in error.message


@pytest.mark.parametrize("source", ["$error(body)", "$number(body)", "$toMillis(body)", "$uppercase(body)(1)"])
def test_messages_do_not_hold_the_data(source: str) -> None:
    with pytest.raises(FlowError) as raised:
        compile_expression(source).evaluate(exchange("topsecret " * 1000))
    assert len(raised.value.message) < 200


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("body.(", 6, "`)` is missing"),
        ('"abc', 0, "quote is missing"),
        ("", 0, "ends too early"),
        ("1 +", 3, "ends too early"),
        ("body b", 5, "not expected"),
        ("$distinct(body b", 15, "missing"),
        ("é & (", 5, "`)` is missing"),
        ("'\ud800'", 1, "surrogate"),
        ("(" * 2000, 1000, "nested too deeply"),
    ],
)
def test_syntax_errors(source: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_expression(source)
    assert message in raised.value.message
    assert raised.value.offset == offset
    assert raised.value.pointer == ()


@pytest.mark.parametrize(
    "source",
    [
        '$eval("1")',
        "$eval",
        '($ev := $eval; $ev("1"))',
        '"1" ~> $eval',
        '"1" ~> $uppercase ~> $eval()',
        'function($x){ $eval($x) }("1")',
        'function($f){ $f("1") }($eval)',
        '($all := [$sum, $eval]; $all[1]("1"))',
        '{"f": $eval}.f("1")',
        "$map(['1'], $eval)",
        '$eval(?, {})("1")',
        '$$.$eval("1")',
        'body[$eval("true")]',
        "body^($eval('a'))",
        '$/* */eval := 1; $eval("1")',
        '($eval := function($x){$x}; $eval("1"))',
        'body ~> |$|{"a": $eval("1")}|',
        "true ? 1 : $eval('1')",
    ],
)
def test_eval_is_off(source: str) -> None:
    with pytest.raises(ExpressionSyntaxError):
        compile_expression(source)


@pytest.mark.parametrize(
    "source",
    [
        '$lookup({"a": 1}, "eval")',
        '"$eval"',
        "`$eval`",
        "$evaluate",
        "/* $eval */ 1",
        '$lookup($, "$eval")("1")',
        '$`eval`("1")',
    ],
)
def test_what_only_looks_like_eval_reaches_nothing(source: str) -> None:
    expression = Expression(source)
    code = code_of(lambda: expression.evaluate(exchange()))
    assert code == "expression.type" or expression.evaluate(exchange()) in (None, "$eval", 1)


def test_names_that_nothing_defines_are_listed() -> None:
    assert Expression("$sume(body) + ($x := 1; $x + $y)").unbound == {"sume", "y"}
    assert Expression("$distinct($sum(body))").unbound == set()


def test_the_same_source_is_compiled_once() -> None:
    assert compile_expression("body.a + 1") is compile_expression("body.a + 1")


@given(documents, paths)
def test_a_path_is_read_as_the_library_reads_it(document: dict[str, Any], path: str) -> None:
    direct = compile_expression(path)
    by_library = Expression(f"({path})")
    assert direct.evaluate_document(document) == by_library.evaluate_document(document)


@given(st.text(alphabet="ab.$[]{}()\"'`/*+-=<>&|~?:;,%@#0 \\", max_size=12), documents)
def test_any_source_compiles_or_says_where_it_does_not(source: str, document: dict[str, Any]) -> None:
    refused = refusal(lambda: compile_expression(source))
    if refused:
        assert 0 <= refused.offset <= len(source)
    else:
        assert code_of(lambda: compile_expression(source).evaluate_document(document)) in FAILURES


weird = st.recursive(
    st.one_of(
        st.none(),
        st.integers(),
        st.floats(),
        st.text(),
        st.binary(max_size=3),
        st.decimals(),
        st.dates(),
        st.uuids(),
        st.sampled_from([object(), int, 10**400, -(10**400), "\ud800", 1j]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.sampled_from(["a", "b", "c"]), st.integers(), st.none()), inner, max_size=3),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "source",
    ["a", "a.b.c", "$string(a)", "a = b", "[a, b].c", "a + b", "a & b", "a^(b)", "$distinct([a, b])", "$$", "**"],
)
@given(weird, weird)
def test_no_value_raises_anything_else(source: str, a: Any, b: Any) -> None:
    assert code_of(lambda: compile_expression(source).evaluate_document({"a": a, "b": b})) in FAILURES
