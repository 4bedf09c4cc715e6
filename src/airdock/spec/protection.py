"""The declarations of what protects a flow: signatures, API keys, passwords, rate limits."""

from airdock.spec.connection import SECRET_NAME
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import Choice, Duration, Integer, Text

SCHEMES = ("github", "stripe", "slack", "generic")
BODY, TIMESTAMP = "{body}", "{timestamp}"

_HEADER = Text(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", "the name of a header")
_QUERY = Text(r"[A-Za-z0-9_.~-]{1,100}", "the name of a parameter: letters, digits, '_', '.', '~', '-'")


class Signature(Spec):
    """How the sender of a webhook signs the body.

    `github`, `stripe` and `slack` are how these services sign; their secret is all that they need. `generic` is an
    HMAC in a header of any name. A signature that came already is refused, so that nobody can send a request again.
    """

    scheme: str = field(Choice(SCHEMES), "Who signs, and so how.", default=REQUIRED, example="github")
    secret: str = field(
        SECRET_NAME,
        "Name of the secret that the sender signs with. The secret may hold several values, one on each line: each is"
        " good, so that it can be replaced without a gap.",
        default=REQUIRED,
        example="github-webhook",
    )
    header: str = field(_HEADER, "`generic`: the header with the signature.", default="", example="X-Signature")
    algorithm: str = field(Choice(("sha256", "sha1", "sha512")), "`generic`: the hash of the HMAC.", default="sha256")
    encoding: str = field(Choice(("hex", "base64")), "`generic`: how the signature is written.", default="hex")
    prefix: str = field(
        Text(r"[!-~]{0,40}", "a text of up to 40 ASCII characters without spaces"),
        "`generic`: what stands before each signature in the header.",
        default="",
        example="sha256=",
    )
    timestamp_header: str = field(
        _HEADER, "`generic`: the header with the time of sending, in seconds since 1970.", default="", example="X-Time"
    )
    payload: str = field(
        Text(r"[^{}]{0,100}(\{(timestamp|body)\}[^{}]{0,100})+", 'a text such as "{timestamp}.{body}"'),
        "`generic`: what is signed, of `{timestamp}` and `{body}`; the body as it was sent.",
        default=BODY,
        example="{timestamp}.{body}",
    )
    tolerance: float | None = field(
        Duration(),
        "How far the time of sending may be from now, and how long a signature is remembered. `5m` if left out; `1d`"
        " for a scheme without a time, where `0s` remembers none.",
        unit="s",
        example="5m",
    )

    @property
    def is_timed(self) -> bool:
        """Whether the time of sending is signed."""
        return self.scheme in ("stripe", "slack") or bool(self.timestamp_header)

    @classmethod
    def check(cls, element: "Signature") -> list[tuple[str, str]]:
        broken = _check_generic(element) if element.scheme == "generic" else _check_known(element)
        if element.is_timed and element.tolerance == 0:
            broken.append(("tolerance", "no time of sending is within a `tolerance` of nothing"))
        return broken


_GENERIC = ("header", "algorithm", "encoding", "prefix", "timestampHeader", "payload")


def _check_known(element: Signature) -> list[tuple[str, str]]:
    given = [name for name in _GENERIC if name in element.places]
    return [(name, f"`{name}` is for the scheme `generic`: `{element.scheme}` has its own") for name in given]


def _check_generic(element: Signature) -> list[tuple[str, str]]:
    broken = []
    if not element.header:
        broken.append(("", "`header` is missing: the scheme `generic` has the signature in a header"))
    if element.payload.count(BODY) != 1:
        broken.append(("payload", "`payload` has `{body}` once, or a signature would be good for any body"))
    if element.timestamp_header and TIMESTAMP not in element.payload:
        message = "`payload` lacks `{timestamp}`: a time that is not signed may be written by anybody"
        broken.append(("payload" if "payload" in element.places else "timestampHeader", message))
    if TIMESTAMP in element.payload and not element.timestamp_header:
        broken.append(("payload", "`timestampHeader` is missing: it has the `{timestamp}` of the `payload`"))
    return broken


class ApiKey(Spec):
    """A key that callers send with each request, in a header or in the query.

    The flow does not see it. A caller's name is `request.user.name`.
    """

    header: str = field(_HEADER, "The header with the key.", default="", example="X-API-Key")
    query: str = field(
        _QUERY, "The parameter with the key. Addresses end up in logs: a header is better.", default="", example="key"
    )
    secret: str = field(
        SECRET_NAME,
        "Name of the secret with the keys: on each line one, as `name:key`, or the key alone.",
        default=REQUIRED,
        example="partner-keys",
    )

    @classmethod
    def check(cls, element: "ApiKey") -> list[tuple[str, str]]:
        if element.header and element.query:
            return [("query", "a key is sent in `header` or in `query`: keep one of the two")]
        if element.header.lower() in ("authorization", "cookie"):
            return [("header", f"`{element.header}` has a form of its own: choose another header, such as X-API-Key")]
        return [] if element.header or element.query else [("", "`header` is missing: it has the key")]


class Basic(Spec):
    """Names and passwords that are good for this flow alone, as HTTP Basic has them."""

    secret: str = field(
        SECRET_NAME,
        "Name of the secret with the passwords: on each line one, as `user:password`.",
        default=REQUIRED,
        example="shop-users",
    )
    realm: str = field(
        Text(r'[^"\\\x00-\x1f\x7f-\uffff]{1,100}', "a text of ASCII characters without quotes and backslashes"),
        "What a browser shows when it asks for the password.",
        default="airdock",
        example="shop",
    )


class RateLimit(Spec):
    """How often a flow may be called.

    Calls beyond get 429 and are told when to come again. Each node counts by itself, for all its workers.
    """

    limit: int = field(Integer(1, 1_000_000_000), "How many calls.", default=REQUIRED, example=100)
    per: float = field(Duration(), "In how long a time.", default=REQUIRED, unit="s", example="1m")
    burst: int | None = field(
        Integer(1, 1_000_000_000), "How many of them may come at once; `limit` if left out.", example=20
    )
    by: str = field(
        Choice(("caller", "remote", "flow")),
        "Whose calls are counted together: those of a caller (by the name of the user or the API key, else by the"
        " address), of a network address, or all.",
        default="caller",
    )

    @classmethod
    def check(cls, element: "RateLimit") -> list[tuple[str, str]]:
        if not 0.001 <= element.per <= 366 * 86400:
            return [("per", "`per` is from 1ms to 366d")]
        if element.per / element.limit < 1e-6:
            return [("limit", "at most a million calls a second can be told apart: lower `limit`")]
        return []
