"""What stays is not looked at by the garbage collector."""

import gc

from airdock.server.memory import long_lived


def test_what_is_made_in_the_block_is_set_apart() -> None:
    usual = gc.get_threshold()
    before = gc.get_freeze_count()
    try:
        with long_lived():
            kept = [[number] for number in range(1000)]
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > before + len(kept) // 2
    finally:
        gc.unfreeze()
