"""What compiled flows mean for the garbage collector: many objects that stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG_ONLY = (10_000, 10_000, 10_000)


@contextmanager
def long_lived() -> Iterator[None]:
    """What is made in the block is not looked at by the garbage collector afterwards.

    With a thousand flows a full collection would hold up all requests of a process for a tenth of a second, again and
    again. For a process that is the server's own, and once. In the block only young objects are looked at: enough to
    free what compiling leaves behind, and it takes half as long.
    """
    usual = gc.get_threshold()
    gc.set_threshold(*_YOUNG_ONLY)
    try:
        yield
        gc.collect()
        gc.freeze()
    finally:
        gc.set_threshold(*usual)
