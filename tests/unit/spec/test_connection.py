from typing import Any

from airdock.spec.connection import Secret, files_in
from airdock.spec.fields import Spec, field
from airdock.spec.kinds import ListOf, MapOf, Module, OneOf, Record, Text


class Part(Spec):
    """A part."""

    file: str = field(Module((".pem",)), "A file.", default="")
    name: str = field(Text(), "No file.", default="")


class Whole(Spec):
    """What has parts."""

    first: Part | None = field(Record(Part), "One.")
    list_: list[Part] = field(ListOf(Record(Part)), "Several.", default=[])
    map_: dict[str, Part] = field(MapOf(Record(Part)), "Named.", default={})
    key: Secret | None = field(Record(Secret), "No file.")
    either: Any = field(OneOf((Module((".pem",)), Record(Secret))), "A file, or none.")
    other: Any = field(OneOf((Text(), Record(Secret))), "No file.", default="x")


def test_the_files_that_an_element_names() -> None:
    part = Part(file="p/a.pem", name="p/x.pem")
    whole = Whole(first=part, list_=[Part(file="p/b.pem"), Part()], map_={"c": Part(file="p/c.pem")}, either="p/d.pem")
    assert list(files_in(whole)) == ["p/a.pem", "p/b.pem", "p/c.pem", "p/d.pem"]
    assert list(files_in(Whole(key=Secret(secret="k"), either=Secret(secret="k")))) == []
