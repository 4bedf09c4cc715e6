"""The protection that a flow declares, with its secrets at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from airdock.errors import DescriptorError, Problem
from airdock.spec.flow import Flow
from airdock.triggers.http.protection.credentials import BasicCheck, Check, KeyCheck
from airdock.triggers.http.protection.rate_limits import Rate
from airdock.triggers.http.protection.secrets import ReadSecret
from airdock.triggers.http.protection.signatures import SignatureCheck

Declared = TypeVar("Declared")
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Protection:
    """What a flow asks of a request beside roles.

    Attributes:
        signature: How the body must be signed. checks: Of which the caller must pass one. rate: How often.
    """

    signature: SignatureCheck | None = None
    checks: tuple[Check, ...] = ()
    rate: Rate | None = None


UNPROTECTED = Protection()
"""That of a flow that declares nothing."""


def protection_of(flow: Flow, read_secret: ReadSecret) -> Protection:
    """The protection of a flow; `UNPROTECTED` itself where it declares none.

    The secrets are read once: make it anew when one of them changes.

    Raises:
        DescriptorError: `descriptor.secret`, a secret is missing or cannot be used; the flow must not be enabled.
    """
    if all(each is None for each in (flow.signature, flow.api_key, flow.basic, flow.rate_limit)):
        return UNPROTECTED
    problems: list[Problem] = []
    signature = _made(SignatureCheck, flow.signature, read_secret, problems)
    checks = (
        _made(KeyCheck, flow.api_key, read_secret, problems),
        _made(BasicCheck, flow.basic, read_secret, problems),
    )
    if problems:
        raise DescriptorError(problems)
    rate = None if flow.rate_limit is None else Rate(flow.rate_limit)
    return Protection(signature, tuple(check for check in checks if check is not None), rate)


def _made(
    make: Callable[[Declared, ReadSecret], Made],
    declared: Declared | None,
    read_secret: ReadSecret,
    problems: list[Problem],
) -> Made | None:
    try:
        return None if declared is None else make(declared, read_secret)
    except DescriptorError as error:
        problems += error.problems
        return None


def secrets_of(flow: Flow) -> frozenset[str]:
    """The names of the secrets that a flow's protection reads."""
    declared = (flow.signature, flow.api_key, flow.basic)
    return frozenset(each.secret for each in declared if each is not None)
