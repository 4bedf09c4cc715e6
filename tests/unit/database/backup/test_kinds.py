from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, BigInteger, Boolean, DateTime, Float, Integer, Interval, LargeBinary, Numeric, Text
from sqlalchemy.dialects.postgresql import BYTEA, DOUBLE_PRECISION, JSONB, TIMESTAMP
from sqlalchemy.types import TypeEngine

from airdock.database.backup.kinds import Kind, decoder, encoder, kind_of

VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False),
    "decimal": st.decimals(allow_nan=False),
    "boolean": st.booleans(),
    "bytes": st.binary(),
    "json": st.recursive(st.none() | st.booleans() | st.text("abc"), lambda inner: st.lists(inner)),
    "time": st.datetimes(),
}


@pytest.mark.parametrize("kind", VALUES)
@given(st.data())
def test_value_comes_back(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(st.none() | VALUES[kind])
    back = decoder(kind)(msgspec.json.decode(msgspec.json.encode(encoder(kind)(value))))
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind != "json"])
@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()))
def test_strange_value_is_refused(kind: Kind, value: Any) -> None:
    try:
        decoder(kind)(value)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (Text(), "text"),
        (BigInteger(), "integer"),
        (Integer(), "integer"),
        (Boolean(), "boolean"),
        (Float(), "float"),
        (DOUBLE_PRECISION(), "float"),
        (Numeric(), "decimal"),
        (LargeBinary(), "bytes"),
        (BYTEA(), "bytes"),
        (JSON(), "json"),
        (JSONB(), "json"),
        (DateTime(), "time"),
        (TIMESTAMP(), "time"),
    ],
)
def test_type_has_a_kind(type_: TypeEngine[Any], kind: Kind) -> None:
    assert kind_of(type_) == kind


def test_type_without_a_kind_is_told() -> None:
    with pytest.raises(TypeError, match="no kind"):
        kind_of(Interval())
