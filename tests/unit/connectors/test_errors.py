from airdock.codes import CODES
from airdock.connectors import errors


def test_each_has_a_code_of_its_own_and_says_who_it_is_about() -> None:
    for error, words in (
        (
            errors.unavailable("p/crm.connection", "connection refused"),
            "p/crm.connection cannot be reached: connection",
        ),
        (errors.refused("p/crm.connection", "bad password"), "p/crm.connection refuses the caller: bad password"),
        (errors.missing("`sql`", "sql"), "pip install 'airdock[sql]'"),
    ):
        assert error.code in CODES
        assert words in str(error)
