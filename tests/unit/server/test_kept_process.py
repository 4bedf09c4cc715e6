"""What `Processes` builds on; that processes are started again is tested with a whole server."""

import multiprocessing

from airdock.server.kept_process import ProcessEvent


def tell(event: ProcessEvent) -> None:
    event.set()
    event.set()


def test_an_event_is_set_by_another_process() -> None:
    event = ProcessEvent()
    assert not event.wait(0)
    process = multiprocessing.get_context("spawn").Process(target=tell, args=(event,))
    process.start()
    assert event.wait(30)
    process.join()
    # It stays set.
    assert event.wait(0)
