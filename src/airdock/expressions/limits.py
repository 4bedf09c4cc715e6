"""What one evaluation may use. Past a bound it ends with `expression.limit`."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """The bounds of one evaluation.

    Attributes:
        timeout: Seconds of wall clock.
        max_depth: Nested calls and operators.
        max_steps: Nodes evaluated.
        max_string_length: Bytes of a text that is made on the way or at the end.
        max_array_length: Items of a list that is made or read.
        max_result_size: Bytes of JSON of the result.
        max_distinct: Values that `$distinct` may be given; its cost is their square and the clock cannot stop it.
    """

    timeout: float = 1.0
    max_depth: int = 500
    max_steps: int = 10_000_000
    max_string_length: int = 16 * 1024 * 1024
    max_array_length: int = 1_000_000
    max_result_size: int = 16 * 1024 * 1024
    max_distinct: int = 10_000


DEFAULT_LIMITS = Limits()
