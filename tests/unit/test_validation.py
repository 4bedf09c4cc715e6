import pytest

from airdock.errors import FlowError
from airdock.validation import MAX_ERRORS, compile_schema, refuse_misfit


def test_what_fits_gives_no_sentence() -> None:
    assert compile_schema({"type": "object"})({"a": 1}) == []


def test_sentences_name_the_place() -> None:
    check = compile_schema({"properties": {"items": {"items": {"type": "integer"}}}})
    assert check({"items": [1, "x"]}) == ['$.items[1]: "x" is not of type "integer"']


def test_not_more_sentences_than_a_reader_reads() -> None:
    check = compile_schema({"items": {"type": "integer"}})
    assert len(check(["x"] * 100)) == MAX_ERRORS


def test_a_schema_that_is_none() -> None:
    with pytest.raises(ValueError, match="strin"):
        compile_schema({"type": "strin"})


def test_a_schema_refers_only_to_itself() -> None:
    with pytest.raises(ValueError, match=r"example\.com"):
        compile_schema({"$ref": "https://example.com/x.json"})


@pytest.mark.parametrize("value", [b"{}", object(), {1: 2}])
def test_what_is_no_json(value: object) -> None:
    with pytest.raises(FlowError) as caught:
        refuse_misfit("request.schema", "the body", value, compile_schema(True), lambda: "; so send JSON")
    assert caught.value.code == "request.schema"


def test_the_error_has_the_sentences_for_a_machine() -> None:
    with pytest.raises(FlowError) as caught:
        refuse_misfit("request.schema", "the body", "x", compile_schema({"type": "object"}))
    assert caught.value.details == {"errors": ['$: "x" is not of type "object"']}
