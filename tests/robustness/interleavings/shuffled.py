"""An event loop in virtual time that runs what is ready in an order of its own, the same for the same seed."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

import pytest

from airdock.testing.virtual import VirtualLoop

SEED = "AIRDOCK_SEED"
"""Names the environment variable that has one seed run alone."""


class ShuffledLoop(VirtualLoop):
    """Runs what is ready in any order, and holds some of it back for a while, as a busy machine may."""

    _ready: deque[Any]

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._random = random

    def _run_once(self) -> None:
        ready, random = self._ready, self._random
        held: list[Any] = []
        if len(ready) > 1:
            handles = list(ready)
            random.shuffle(handles)
            ready.clear()
            run = len(handles) if random.random() < 0.5 else random.randint(1, len(handles))
            ready.extend(handles[:run])
            held = handles[run:]
        super()._run_once()  # type: ignore[misc]  # of the base's inner works
        self._ready.extend(held)


Scene = Callable[[Random], Coroutine[Any, Any, None]]
"""Plays with random choices, and asserts what must hold however they fall."""


def explore(scene: Scene, *, seeds: int, seconds: float = 60.0) -> None:
    """Plays a scene with each seed, on a loop of its own.

    The first seed that fails is told, with how to play it alone.

    Args:
        seeds: How many. seconds: When so much real time has passed, the others are left out.
    """
    chosen = os.environ.get(SEED)
    end = time.monotonic() + seconds
    for seed in range(seeds) if chosen is None else [int(chosen)]:
        if time.monotonic() > end:
            return
        try:
            _play(scene, seed)
        except Exception as error:  # noqa: BLE001 -- whatever it is, its seed must be told
            test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
            pytest.fail(f"seed {seed} fails: {error!r}\nplay it alone: {SEED}={seed} pytest '{test}'")


def _play(scene: Scene, seed: int) -> None:
    random = Random(seed)
    with asyncio.Runner(loop_factory=lambda: ShuffledLoop(random)) as runner:
        runner.run(scene(random))
