"""Codes of directories."""

from airdock.codes.code import ErrorCode

LDAP: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.ldap.name",
        "The name of an entry is none, or does not lie beneath the `base` of the connection.",
        "Names are written like `uid=ann,dc=example,dc=com`; what a message gives stands in them as `:name`.",
        400,
    ),
    ErrorCode(
        "connector.ldap.value",
        "A value for a directory is empty, or nothing that an attribute can have.",
        "Give texts, numbers, booleans or bytes; a `condition` before the step sees whether there is one.",
        400,
    ),
    ErrorCode("connector.ldap.missing", "There is no such entry.", "Search for it, or catch the error.", 404),
    ErrorCode("connector.ldap.exists", "There is an entry of that name already.", "Change it by `modify`.", 409),
    ErrorCode(
        "connector.ldap.denied",
        "The directory does not let the user of the connection do that.",
        "Give the user of the connection the right, or name another one.",
        502,
    ),
    ErrorCode(
        "connector.ldap.rejected",
        "An entry would not be as the directory's rules want it.",
        "The message has the directory's own words: an attribute that is missing or not allowed.",
        422,
    ),
    ErrorCode(
        "connector.ldap.tooMany", "A search finds more entries than `limit`.", "Narrow the filter, or raise `limit`."
    ),
)
