import pytest

from airdock.spec.catalogue import Catalogue
from airdock.spec.step import Step


def test_types_are_found_in_any_case(catalogue: Catalogue, say: type[Step]) -> None:
    assert catalogue.find("SAY") is say
    assert catalogue.find("sya") is None
    assert catalogue.names() == ["choose", "say"]


def test_a_catalogue_can_be_narrowed(catalogue: Catalogue, choose: type[Step]) -> None:
    assert list(catalogue.without("Say")) == [choose]


def test_two_steps_cannot_have_one_word(say: type[Step]) -> None:
    with pytest.raises(ValueError, match="'say'"):
        Catalogue([say, say])
