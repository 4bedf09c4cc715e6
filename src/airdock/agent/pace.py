"""Work beside requests: in small pieces, so that the interpreter is free for them in between."""

import time

BUSY_SECONDS = 0.004
REST_SECONDS = 0.001


class Pace:
    """Slows a thread down that works beside the event loop of its process. For one thread."""

    def __init__(self, busy: float = BUSY_SECONDS, rest: float = REST_SECONDS) -> None:
        self._busy = busy
        self._rest = rest
        self._began = time.perf_counter()

    def step(self) -> None:
        """Called after each small piece of work; rests when there were enough of them."""
        if time.perf_counter() - self._began >= self._busy:
            # Whoever waits for the interpreter gets it at once, and not only when this thread's share is used up.
            time.sleep(self._rest)
            self._began = time.perf_counter()
