import pytest

from airdock.descriptor import Reader
from tests.unit.descriptor.conftest import Refused
from tests.unit.spec.doubles import Phone, Ring

STEPS = [{"type": "say", "message": "x"}]


def test_a_connection_is_of_the_type_that_it_names(reader: Reader) -> None:
    phone = reader.read("connection", '{"type": "PHONE", "number": "555", "pin": {"secret": "door"}}', "p/a.connection")
    assert isinstance(phone, Phone)
    assert (phone.number, phone.pin.secret if phone.pin else "") == ("555", "door")


@pytest.mark.parametrize(
    ("value", "message", "hint"),
    [
        ({"number": "5"}, "a connection needs `type`", "it says what kind of service is reached"),
        ({"tpye": "phone"}, "a connection needs `type`", "is 'tpye' meant to be it?"),
        ({"type": "phnoe", "number": "5"}, "unknown connection 'phnoe'", "did you mean 'phone'?"),
        ({"type": 5}, "`type` must be a text: the type of the connection, not a number", ""),
        ([], "the file must be an object, not a list", ""),
        ({"type": "phone", "number": "x"}, "`number` must be a number, not 'x'", ""),
        (
            {"type": "phone", "nubmer": "5"},
            "the `phone` connection has no field 'nubmer'",
            "did you mean 'number'?",
        ),
        ({"type": "phone", "number": "5", "pin": "1234"}, "`pin` must be an object, not a text", ""),
    ],
)
def test_a_connection_that_is_not_right(refused: Refused, value: object, message: str, hint: str) -> None:
    found = refused(value, "connection", "p/a.connection")[0]
    assert (found.message, found.hint) == (message, hint)


def test_the_settings_of_a_listener_are_those_of_its_trigger(reader: Reader) -> None:
    listener = reader.read(
        "listener", '{"params": {"line": "a"}, "trigger": "ring", "steps": [{"type": "say", "message": "x"}]}', "p/a"
    )
    assert isinstance(listener.params, Ring)
    assert str(listener.params.place_of("line")) == "p/a:1:21"


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ({"trigger": "ring", "steps": STEPS}, "$.params", "`params` of the trigger `ring` needs `line`"),
        ({"trigger": "rnig", "params": {}, "steps": STEPS}, "$.trigger", "unknown trigger 'rnig'"),
        ({"trigger": "rnig", "steps": STEPS}, "$.trigger", "unknown trigger 'rnig'"),
        ({"params": {"line": "a"}, "steps": STEPS}, "$", "a listener needs `trigger`"),
        (
            {"trigger": "ring", "params": {"line": "a", "loud": True}, "steps": STEPS},
            "$.params.loud",
            "`params` of the trigger `ring` has no field 'loud'",
        ),
        ({"trigger": "ring", "params": [], "steps": STEPS}, "$.params", "`params` must be an object, not a list"),
    ],
)
def test_a_listener_that_is_not_right(refused: Refused, value: object, path: str, message: str) -> None:
    (found,) = refused(value, "listener", "p/a.listener")
    assert (found.place.path, found.message) == (path, message)
