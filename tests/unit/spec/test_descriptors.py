"""What holds of every declaration of a descriptor, the elements inside included."""

from collections.abc import Iterator

import pytest

from airdock.spec import kinds
from airdock.spec.descriptors import DESCRIPTORS
from airdock.spec.fields import Field, Spec
from airdock.spec.flow import Flow, SubFlow
from airdock.spec.kinds import Kind
from airdock.spec.step import ProducingStep, Retry, Step


def inner(kind: Kind) -> Iterator[type[Spec]]:
    if isinstance(kind, kinds.Record):
        yield kind.spec
    elif isinstance(kind, kinds.ListOf):
        yield from inner(kind.item)


def all_fields() -> list[tuple[str, Field]]:
    waiting: list[type[Spec]] = [*DESCRIPTORS.values(), SubFlow, Step, ProducingStep]
    found: dict[tuple[type[Spec], str], Field] = {}
    while waiting:
        spec = waiting.pop()
        for name, declared in spec.fields.items():
            if (spec, name) not in found:
                found[(spec, name)] = declared
                waiting += inner(declared.kind)
    return [(f"{spec.__name__}.{name}", declared) for (spec, name), declared in found.items()]


@pytest.mark.parametrize(("name", "declared"), all_fields(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_field_is_explained_in_sentences(name: str, declared: Field) -> None:
    assert declared.doc.endswith(".")
    assert declared.name[0].islower()
    assert "_" not in declared.name


def test_the_kinds_of_descriptor() -> None:
    assert list(DESCRIPTORS) == ["flow", "job", "listener", "connection", "access", "project", "template", "test"]
    assert DESCRIPTORS["flow"] is Flow


def test_defaults_of_retry() -> None:
    retry = Retry()
    assert (retry.attempts, retry.delay, retry.backoff, retry.max_delay, retry.jitter) == (3, 1.0, 1.0, 60.0, 0.0)
