"""Stopping a thread that runs an author's Python code."""


class StoppedError(BaseException):
    """Raised inside code that is stopped. No `except Exception` takes it."""


def stop(thread: int) -> None:
    """Asks a thread to end what it does: its next step of Python code raises StoppedError.

    What it waits for outside of Python is not cut short, and code that takes every exception goes on.

    Args:
        thread: Its `ident`. Nothing happens where it has ended.
    """
    # Here, as hardly any process needs it.
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(StoppedError))
