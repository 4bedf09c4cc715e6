"""Which parameters a statement names."""

import pytest

from airdock.connectors.sql.statement import Statement


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("select * from t where a = :a and b > :b_2", {"a", "b_2"}),
        ("select ':no', \":no\", `:no` -- :no\n /* :no */ , :yes", {"yes"}),
        ("select 'it''s :no', :yes", {"yes"}),
        ("select x::text, :y::date, '12:30', a[1:2]", {"y"}),
        ("select $$ :no $$, $tag$ :no $$ :no $tag$, :yes", {"yes"}),
        ("set @a := 1", set()),
        ("select * from t where a in :ids and b not in :others", {"ids", "others"}),
    ],
)
def test_names_are_found_where_the_database_would_read_a_value(text: str, names: set[str]) -> None:
    assert Statement(text).names == names


def test_lists_stand_behind_in() -> None:
    assert Statement("select 1 where a in :a or b IN :b or c in (:c)").lists == {"a", "b"}


def test_what_is_no_parameter_reaches_the_database_as_it_was_written() -> None:
    text = r"""select '\:a', ':b', x::int, '%s' from t where c = :c -- :d"""
    clause = str(Statement(text).clause(arrays=True).compile())
    assert clause == text


def test_arrays_take_the_place_of_lists_where_there_are_any() -> None:
    clause = Statement("select 1 where a in :a and b not in :b").clause(arrays=True)
    assert str(clause) == "select 1 where a = any(:a) and b <> all(:b)"


@pytest.mark.parametrize("text", ["select 1", "  VALUES (1)", "explain select 1", "show tables"])
def test_statements_that_read_are_known(text: str) -> None:
    assert Statement(text).reads
    assert not Statement(f"insert into t {text}").reads
    assert Statement(f"insert into t {text}").inserts
