"""All ways in which a service is told who calls."""

from typing import Any

from airdock.connectors.http.auth import ApiKeyAuth, BasicAuth, BearerAuth
from airdock.connectors.http.oauth import OAuth2Auth
from airdock.connectors.http.signing import AwsAuth, HmacAuth
from airdock.spec.fields import REQUIRED, Alternatives, Spec, field
from airdock.spec.kinds import Choice

SCHEMES: dict[str, type[Spec]] = {
    "basic": BasicAuth,
    "bearer": BearerAuth,
    "apiKey": ApiKeyAuth,
    "oauth2": OAuth2Auth,
    "hmac": HmacAuth,
    "aws": AwsAuth,
}


class Auth(Spec):
    """Who calls, as the service wants to be told."""

    alternatives = Alternatives("type", "options", SCHEMES)

    type: str = field(Choice(tuple(SCHEMES)), "How the service is told.", default=REQUIRED, example="bearer")
    options: Any

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        options = element.options
        if isinstance(options, ApiKeyAuth) and options.header and options.parameter:
            return [("parameter", "the key goes into a `header` or a `parameter`, one of the two")]
        return []
