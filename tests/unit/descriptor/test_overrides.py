import pytest

from airdock.descriptor import Reader
from airdock.descriptor.overrides import Overrides
from airdock.errors import DescriptorError
from airdock.spec.catalogue import Catalogue
from tests.unit.spec.doubles import Phone

WRITTEN = '{"type": "phone",\n "number": "1", "notes": {"a": 1, "b": {"c": 2}}}'


def reader(overrides: str, file: str = "production.yaml") -> Reader:
    return Reader(Catalogue((), [Phone]), overrides=Overrides.read(overrides.encode(), file))


def read(overrides: str, path: str = "p/line.connection") -> Phone:
    phone: Phone = reader(overrides).read("connection", WRITTEN, "p/line.connection", path=path)
    return phone


def test_fields_stand_in_place_of_the_authors() -> None:
    phone = read("/p/line.connection:\n  number: '2'\n  pin: {secret: door}\n  notes: {b: {c: 3}, d: 4}\n")
    assert (phone.number, phone.pin.secret if phone.pin else "") == ("2", "door")
    assert phone.notes == {"a": 1, "b": {"c": 3}, "d": 4}
    assert str(phone.place_of("number")) == "production.yaml:2:11"


def test_others_are_as_they_are_written() -> None:
    assert read("/p/other.connection: {number: '2'}").number == "1"
    assert read("/p/line.connection: {number: '2'}", path="q/line.connection").number == "1"


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (
            "/p/line.connection:\n  pni: '2'\n",
            "production.yaml:2:3: the `phone` connection has no field 'pni': did you mean 'pin'?",
        ),
        ("/p/line.connection:\n  number: x\n", "production.yaml:2:11: `number` must be a number, not 'x'"),
        ("/p/line.connection:\n  type: fax\n", "production.yaml:2:9: unknown connection 'fax'"),
    ],
)
def test_what_is_not_right_is_told_where_it_stands(overrides: str, told: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        read(overrides)
    assert str(caught.value.problems[0]).startswith(told)


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ("[]", "c.json:1:1: the file must be an object of connections by their path"),
        ('{"crm": {}}', "c.json:1:2: 'crm' must be the path of a connection"),
        ('{"/p/a.connection": 5}', "c.json:1:2: '/p/a.connection' must be the path of a connection"),
        ("{", "c.json:1:2"),
    ],
)
def test_a_file_that_says_it_not_well_is_refused(overrides: str, told: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        reader(overrides, "c.json")
    assert str(caught.value.problems[0]).startswith(told)


def test_which_connections_it_speaks_of() -> None:
    assert Overrides.read(b"/p/a.connection: {}\nq/b.connection: {}\n", "c.yaml").paths == [
        "p/a.connection",
        "q/b.connection",
    ]
