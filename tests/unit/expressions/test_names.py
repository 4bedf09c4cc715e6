"""A name that nothing defines refuses an expression, with the name that was meant; others never do."""

import pytest

from airdock.expressions import ExpressionSyntaxError, compile_expression, compile_template
from airdock.expressions.names import FUNCTIONS


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("{'total': $sume(body.items)}", 10, "`$sume` is not defined: did you mean `$sum`?"),
        ("'$sume' & $sume", 10, "`$sume` is not defined: did you mean `$sum`?"),
        ("body ~> $toUpercase", 8, "`$toUpercase` is not defined: did you mean `$uppercase`?"),
        ("($total := 1; $totl)", 14, "`$totl` is not defined: did you mean `$total`?"),
        ("$map(body, function($item){ $itm.a })", 28, "`$itm` is not defined: did you mean `$item`?"),
        ("$body.a", 0, "`$body` is not defined: `body` is written without `$`"),
        (
            "$states.x",
            0,
            "`$states` is not defined: it is no function of JSONata, and no `:=` or parameter makes it",
        ),
        ("sum(body.a)", 0, "a function is called with its `$`: `$sum(`"),
        ("1 + count (body)", 4, "a function is called with its `$`: `$count(`"),
    ],
)
def test_a_name_that_nothing_defines_is_refused(source: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_expression(source)
    assert (raised.value.message, raised.value.offset) == (message, offset)


def test_a_template_says_where_the_name_stands() -> None:
    with pytest.raises(ExpressionSyntaxError, match=r"did you mean `\$sum`") as raised:
        compile_template({"total": ["in all ${$sume(body)}"]})
    assert (raised.value.pointer, raised.value.offset) == (("total", 0), 9)


@pytest.mark.parametrize(
    "source",
    [
        "($x := 1; $x)",
        "body.items@$v.notes#$i.($v & $i)",
        "$$.a & $.b & $",
        "λ($n){$n}(2)",
        "($f := function($n){ $n < 2 ? 1 : $n * $f($n - 1) }; $f(3))",
        "$map(body, $uppercase)",
        "$sum(?)(body)",
        "body.($x := price).($x * 2)",
        "$reduce(body, function($a, $b){ $a + $b })",
        "body.sum + body.count",
        "{'sum': 1, 'count': 2}",
        "/* $sume( */ '$sume' & `$sume`",
        r"body[$contains(name, /sum\(/)]",
    ],
)
def test_what_is_defined_is_accepted(source: str) -> None:
    compile_expression(source)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_table_has_functions_that_exist(name: str) -> None:
    compile_expression(f"$exists(${name})")
