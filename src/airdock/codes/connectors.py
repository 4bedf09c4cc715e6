"""Codes of what reaches external services."""

from airdock.codes.code import ErrorCode

CONNECTORS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.unavailable",
        "The service of a connection cannot be reached, or it is away.",
        "Look at `airdock connections`; a `retry` bridges a short absence.",
        502,
    ),
    ErrorCode(
        "connector.refused",
        "The service of a connection does not take these credentials.",
        "Correct the connection's user, password or key; `airdock connections test` tries them.",
        502,
    ),
    ErrorCode(
        "connector.timeout", "A service did not answer in time.", "Raise the `timeout` of the connection or step.", 504
    ),
    ErrorCode(
        "connector.missing",
        "A connector needs a package that is not installed.",
        "Install the extra that the message names.",
    ),
    ErrorCode(
        "connector.secret",
        "A connection names a secret that is not there.",
        "Keep it with `airdock secrets set`, or in the environment.",
    ),
    ErrorCode(
        "connector.folder",
        "A connection names a file in a folder that connections may not reach.",
        "Let the path begin with a name, so that it is in the folder `data` of the home folder; or ask the operator to"
        " add its folder to the setting `data_folders`.",
    ),
    ErrorCode(
        "connector.network",
        "The host of a connection has an address to which this installation lets nothing go.",
        "Private, loopback and link-local addresses are for the operator to allow, in `AIRDOCK_PRIVATE_NETWORKS`.",
        502,
    ),
    ErrorCode(
        "connector.failed",
        "A service answered with an error that has no code of its own.",
        "The message has the service's own words.",
        502,
    ),
)
