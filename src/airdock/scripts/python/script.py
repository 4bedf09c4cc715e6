"""A function of a module as a step: in the loop when it is `async def`, in a thread when it is `def`."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange
from airdock.logs import log_run
from airdock.scripts.pool import WorkerPool
from airdock.scripts.python.detached import adopt, detach
from airdock.scripts.python.facade import ScriptExchange
from airdock.scripts.python.failures import failed
from airdock.scripts.python.modules import Generation
from airdock.scripts.values import Result, carried

Script = Callable[[Exchange], Awaitable[None]]
"""A loaded function: call it with the exchange and await it.

Raises:
    FlowError: what the script raised, or `script.error`, `script.result`, `script.busy`.
"""


def coroutine_script(function: Callable[[Any], Any], module: str, generation: Generation, result: Result) -> Script:
    """An `async def`: it runs in the event loop and is cancelled with its step."""

    async def run(exchange: Exchange) -> None:
        value = await _awaited(lambda: function(ScriptExchange(exchange, module)))
        if value is not None:
            result(exchange, carried(value))

    return _held(run, generation)


def thread_script(
    function: Callable[[Any], Any], module: str, generation: Generation, result: Result, pool: WorkerPool
) -> Script:
    """A plain `def`: it runs in a thread, on a copy of the exchange that is taken over when it ends.

    When the step is cancelled, its exchange is closed, a warning is logged, and the thread is stopped at its next line
    of Python; what it waits for elsewhere cannot be cut short.
    """

    async def run(exchange: Exchange) -> None:
        copy = detach(exchange)
        facade = ScriptExchange(copy, module)

        def abandoned() -> None:
            facade._close()
            log_run(
                exchange.run,
                "warning",
                "a script did not end in time and is stopped at its next line",
                module=module,
                abandoned=pool.abandoned,
            )

        value = await pool.run(lambda: _called(function, facade), abandoned)
        if inspect.isawaitable(value):
            pending = value
            value = await _awaited(lambda: pending)
        if value is not None:
            value = carried(value)
        adopt(exchange, copy)
        if value is not None:
            result(exchange, value)

    return _held(run, generation)


def _called(function: Callable[[Any], Any], facade: ScriptExchange) -> Any:
    try:
        return function(facade)
    except FlowError:
        raise
    except BaseException as error:  # whatever it is, it ends the script and not the server
        raise failed(error) from error


async def _awaited(begin: Callable[[], Awaitable[Any]]) -> Any:
    """The value of a coroutine; whatever it raises is the script's error, but for the cancellation of its step."""
    task = asyncio.current_task()
    cancelling = task.cancelling() if task is not None else 0
    try:
        return await begin()
    except (FlowError, GeneratorExit):
        raise
    except asyncio.CancelledError as error:
        # A script may raise it, too, or await a task that was cancelled: then nobody asked its step to end.
        if task is None or task.cancelling() > cancelling:
            raise
        raise failed(error) from error
    except BaseException as error:  # whatever it is, it ends the script and not the server
        raise failed(error) from error


def _held(run: Script, generation: Generation) -> Script:
    # The modules of a generation live as long as a script of it: imports inside functions find them.
    run.generation = generation  # type: ignore[attr-defined]
    return run
