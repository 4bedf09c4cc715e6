"""Codes of databases that connections reach."""

from airdock.codes.code import ErrorCode

DATABASES: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.sql.constraint",
        "A statement would break a rule of the database: a unique key, a foreign key, a check, a value that must be"
        " there.",
        "Take it with `catch`, or write the statement as an upsert.",
        409,
    ),
    ErrorCode(
        "connector.sql.statement",
        "The database does not understand a statement, or cannot do what it says.",
        "Correct the `statement`; the message has the database's own words.",
    ),
    ErrorCode(
        "connector.sql.data",
        "A value does not fit its column or type, or is none that can be a parameter.",
        "Look at the values of `parameters`; `validate` tells a caller earlier.",
    ),
    ErrorCode(
        "connector.sql.conflict",
        "A deadlock, a serialization failure, or a lock that was not given in time.",
        'Try again: `retry` with `"on": ["connector.sql.conflict"]`, of the whole `transaction` where there is one.',
        503,
    ),
    ErrorCode(
        "connector.sql.parallel",
        "Steps that run side by side use one transaction.",
        "Let them run one after another, or put a `transaction` into each branch.",
    ),
    ErrorCode(
        "connector.sql.tooMany",
        "A statement gives more rows than the step takes.",
        "Let the statement give fewer rows, raise `maxRows`, or take the rows one by one with the mode `stream`.",
    ),
    ErrorCode(
        "connector.redis.command",
        "Redis does not do a command, such as one for a list on a key that has a number.",
        "The message has Redis' own words.",
    ),
    ErrorCode(
        "connector.redis.value",
        "A value cannot be kept in Redis, or what is kept is not what the step takes it for.",
        "Look at the `value` and `as` of the step.",
    ),
    ErrorCode(
        "connector.redis.tooMany",
        "A hash, list or set has more items than the step takes.",
        "Raise `maxItems`, or take a part with `first` and `last`.",
    ),
    ErrorCode(
        "connector.mongodb.operator",
        "A value of a message would be an operator of MongoDB: it is an object with a key that begins with `$`.",
        "Write operators into the step itself, and let the message give plain values.",
        400,
    ),
    ErrorCode(
        "connector.mongodb.constraint",
        "A document has a key that another one has, or does not fit the rules of its collection.",
        "Take it with `catch`, or update with `upsert`.",
        409,
    ),
    ErrorCode(
        "connector.mongodb.command",
        "MongoDB does not do what a step asks.",
        "The message has MongoDB's own words.",
    ),
    ErrorCode(
        "connector.mongodb.tooMany",
        "There are more documents than the step takes.",
        "Narrow the `filter`, or raise `limit`.",
    ),
)
