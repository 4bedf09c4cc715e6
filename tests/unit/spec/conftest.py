"""A small catalogue, so that these tests hold whatever steps Airdock has."""

from typing import Any

import pytest

from airdock.spec import kinds
from airdock.spec.catalogue import Catalogue
from airdock.spec.fields import REQUIRED, Alternatives, Spec, field
from airdock.spec.step import ProducingStep, Step
from tests.unit.spec.doubles import Phone, Ring


class Case(Spec):
    """One case: a name and what runs."""

    key: str = field(kinds.Text(), "Name.", default=REQUIRED, example="tier")
    flow: Any = field(kinds.Flow(), "What runs.", default=REQUIRED)


class Choose(Step):
    """Chooses a flow. It is the first that fits.

    More prose, with a `word`.

    Attributes:
        reads: Nothing.
    """

    type = "choose"
    group = "routing"
    example = {"type": "choose", "cases": [{"key": "a", "flow": {"steps": []}}]}

    cases: list[Case] = field(kinds.ListOf(kinds.Record(Case), 1), "Cases.", default=REQUIRED)


class Say(ProducingStep):
    """Says something."""

    type = "say"
    group = "answer"

    message: Any = field(kinds.TEXT_TEMPLATE, "What | who.", default=REQUIRED, example="Hello ${body.name}")
    wait: float = field(kinds.Duration(), "Wait.", default=1.0)
    token: str = field(kinds.Text(), "Token.", default="", secret=True)
    status: Any = field(kinds.Template(types=("string", "number"), of=kinds.Integer(200, 599)), "Status.", example=201)


class Commas(Spec):
    """Commas. More of them."""

    delimiter: str = field(kinds.Text(), "Delimiter.", default=",", example=";")
    rows: list[Case] = field(kinds.ListOf(kinds.Record(Case)), "Rows.", default=[])


class Plain(Spec):
    """Nothing more."""


class Write(Step):
    """Writes."""

    type = "write"
    group = "answer"
    alternatives = Alternatives("format", "options", {"commas": Commas, "plain": Plain})

    format: str = field(kinds.Choice(("commas", "plain")), "Format.", default=REQUIRED, example="commas")
    options: Spec


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue([Choose, Say], [Phone], [Ring])


@pytest.fixture(scope="session")
def writing() -> Catalogue:
    """A catalogue with a step whose fields depend on a word."""
    return Catalogue([Write])


@pytest.fixture(scope="session")
def say() -> type[Step]:
    return Say


@pytest.fixture(scope="session")
def choose() -> type[Step]:
    return Choose
