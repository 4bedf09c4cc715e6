from typing import Any

import pytest

from airdock.errors import DescriptorError
from airdock.spec.flow import Flow
from airdock.spec.protection import ApiKey, Basic, RateLimit
from airdock.triggers.http.protection import UNPROTECTED, protection_of
from airdock.triggers.http.protection.protection import secrets_of
from tests.unit.triggers.http.protection.signing import declared, secret

ALL: dict[str, Any] = {
    "signature": declared("github"),
    "api_key": ApiKey(header="X", secret="keys"),
    "basic": Basic(secret="users"),
    "rate_limit": RateLimit(limit=1, per=1.0),
}


def test_a_flow_that_declares_nothing_is_unprotected() -> None:
    assert protection_of(Flow(steps=[]), secret(None)) is UNPROTECTED


def test_what_is_declared_is_there() -> None:
    made = protection_of(Flow(steps=[], **ALL), secret("a:b"))
    assert made.signature is not None
    assert len(made.checks) == 2
    assert made.rate is not None
    assert secrets_of(Flow(steps=[], **ALL)) == {"hook", "keys", "users"}


def test_every_secret_that_is_missing_is_told() -> None:
    with pytest.raises(DescriptorError) as caught:
        protection_of(Flow(steps=[], **ALL), secret(None))
    assert [problem.hint.split()[-1] for problem in caught.value.problems] == ["hook", "keys", "users"]


def test_a_rate_needs_no_secret() -> None:
    protection = protection_of(Flow(steps=[], rate_limit=ALL["rate_limit"]), secret(None))
    assert (protection.signature, protection.checks) == (None, ())
    assert protection is not UNPROTECTED
