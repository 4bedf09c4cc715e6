from typing import Any

import pytest

from airdock.builtin import catalogue
from airdock.spec.types import Place, Types

PLACES = [
    pytest.param(types, word, id=f"{kind}-{word}")
    for kind, types in (
        ("step", catalogue().steps),
        ("connection", catalogue().connections),
        ("trigger", catalogue().triggers),
    )
    for word in types
]


@pytest.mark.parametrize(("types", "word"), PLACES)
def test_every_place_holds_the_type_that_it_names(types: Types[Any], word: str) -> None:
    named = types.names[list(types).index(word)]
    found = types[word]
    assert (found.trigger if hasattr(found, "trigger") else found.type) == named


def test_the_catalogue_names_places_only() -> None:
    fresh = catalogue.__wrapped__()
    for types in (fresh.steps, fresh.connections, fresh.triggers):
        assert all(isinstance(each, Place) for each in types.entries.values())
