"""Python modules as steps."""

import asyncio
import gc
import sys
import threading
import traceback
from typing import Any

import pytest
from structlog.testing import capture_logs

from airdock.errors import DescriptorError, FlowError, Problem
from airdock.exchange import Exchange
from airdock.scripts.pool import WorkerPool
from airdock.scripts.python import PythonScripts
from airdock.streams import Stream
from tests.unit.scripts.support import MemoryModules, finished, make_exchange, store_body

PATH = "routing/endpoint.py"


async def run(source: str, exchange: Exchange | None = None, /, files: dict[str, str] | None = None) -> Exchange:
    scripts = PythonScripts(MemoryModules({PATH: source, **(files or {})}))
    return await finished(scripts.load(PATH, "service", result=store_body), exchange or make_exchange())


def refused(source: str | bytes, function: str = "service", **files: str) -> Problem:
    modules = MemoryModules({PATH: source, **{f"{name}.py": text for name, text in files.items()}})
    with pytest.raises(DescriptorError) as caught:
        PythonScripts(modules, load_seconds=0.5).load(PATH, function)
    return caught.value.problems[0]


async def test_a_module_answers() -> None:
    exchange = await run(
        "def service(message):\n"
        "    message.response.headers['content-type'] = 'text/html; charset=utf-8'\n"
        "    message.response.write('Hello World!\\n')\n"
    )
    assert exchange.response.parts == ["Hello World!\n"]
    assert exchange.response.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_a_script_sees_and_changes_the_exchange(kind: str) -> None:
    exchange = make_exchange(body={"a": 1}, tier="gold", old=1)
    await run(
        f"{kind} service(x):\n"
        "    x.properties['seen'] = [x.body['a'], x.properties['tier'], x.run.id, x.request.method]\n"
        "    del x.properties['old']\n"
        "    x.headers['x-y'] = 'z'\n"
        "    x.response.status = 201\n"
        "    x.body = 'set'\n",
        exchange,
    )
    assert exchange.properties == {"tier": "gold", "seen": [1, "gold", "0192-run", ""]}
    assert exchange.document["properties"] is exchange.properties
    assert (exchange.headers["x-y"], exchange.response.status, exchange.body) == ("z", 201, "set")
    assert exchange.body_set


@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_what_it_returns_goes_to_the_result(kind: str) -> None:
    assert (await run(f"{kind} service(x):\n    return {{'price': [1, None, b'x']}}")).body == {
        "price": [1, None, b"x"]
    }
    assert not (await run(f"{kind} service(x):\n    return None")).body_set


@pytest.mark.parametrize("value", ["object()", "{1: 2}", "{1, 2}", "[lambda: 1]", "loop"])
async def test_a_result_that_cannot_be_carried_is_an_error(value: str) -> None:
    with pytest.raises(FlowError) as caught:
        await run(f"loop = []\nloop.append(loop)\ndef service(x):\n    x.properties['p'] = 1\n    return {value}")
    assert caught.value.code == "script.result"


async def test_a_plain_function_runs_in_a_thread_and_a_coroutine_in_the_loop() -> None:
    source = "import threading\n{} service(x):\n    return threading.current_thread().name"
    assert (await run(source.format("def"))).body.startswith("airdock-python-")
    assert (await run(source.format("async def"))).body == threading.current_thread().name


async def test_a_decorated_function_that_returns_a_coroutine_is_awaited() -> None:
    source = "async def work(x):\n    return 7\ndef service(x):\n    return work(x)"
    assert (await run(source)).body == 7


@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_an_error_names_module_and_line(kind: str) -> None:
    with pytest.raises(FlowError) as caught:
        await run(f"def inner():\n    return {{}}['a']\n\n{kind} service(x):\n    return inner()")
    error = caught.value
    assert (error.code, error.message) == ("script.error", "KeyError: 'a' (endpoint.py, line 2)")
    assert isinstance(error.__cause__, KeyError)
    assert error.details == {"module": PATH, "line": 2}
    assert "return {}['a']" in "".join(traceback.format_exception(error.__cause__))


@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_a_coded_error_passes_unchanged(kind: str) -> None:
    with pytest.raises(FlowError) as caught:
        await run(
            "from airdock.errors import FlowError\n"
            f"{kind} service(x):\n    raise FlowError('order.unknown', 'no such order', status=404)"
        )
    assert (caught.value.code, caught.value.status) == ("order.unknown", 404)


@pytest.mark.parametrize(
    "raised",
    [
        "SystemExit(3)",
        "StopIteration()",
        "RecursionError()",
        "MemoryError()",
        "KeyboardInterrupt()",
        "BaseException()",
        "BaseExceptionGroup('', [KeyboardInterrupt()])",
        "__import__('asyncio').CancelledError()",
        "__import__('airdock.exchange').exchange.StopRun()",
    ],
)
@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_no_exception_ends_the_server(raised: str, kind: str) -> None:
    with pytest.raises(FlowError) as caught:
        await run(f"{kind} service(x):\n    raise {raised}")
    assert caught.value.code == "script.error"


async def test_a_thread_cannot_pretend_to_be_closed() -> None:
    with pytest.raises(FlowError) as caught:
        await run("def service(x):\n    raise GeneratorExit()")
    assert caught.value.code == "script.error"


async def test_a_function_that_takes_no_exchange_is_an_error_of_the_script() -> None:
    with pytest.raises(FlowError) as caught:
        await run("async def service():\n    pass")
    assert caught.value.code == "script.error"


@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_a_coded_error_may_hold_anything(kind: str) -> None:
    source = f"from airdock.errors import FlowError\n{kind} service(x):\n    raise FlowError(5, object())"
    with pytest.raises(FlowError) as caught:
        await run(source)
    assert (caught.value.code, caught.value.message[:7]) == ("5", "<object")


async def test_a_script_is_cancelled_with_its_step() -> None:
    scripts = PythonScripts(MemoryModules({PATH: "import asyncio\nasync def service(x):\n    await asyncio.sleep(60)"}))
    task = asyncio.ensure_future(finished(scripts.load(PATH, "service"), make_exchange()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_exception_whose_text_fails_is_told_nevertheless() -> None:
    source = "class Odd(Exception):\n    def __str__(self):\n        raise ValueError\ndef service(x):\n    raise Odd"
    with pytest.raises(FlowError, match="Odd: "):
        await run(source)


async def test_siblings_are_imported() -> None:
    files = {
        "routing/helpers.py": "def double(n):\n    return 2 * n",
        "routing/late.py": "LATE = 'late'",
        "other/__init__.py": "",
        "other/tools.py": "NAME = 'tools'",
    }
    exchange = await run(
        "from . import helpers\nfrom .helpers import double\nfrom ..other.tools import NAME\n"
        "def service(x):\n    from .late import LATE\n"
        "    return [helpers.double(2), double(3), NAME, LATE, __name__]",
        files=files,
    )
    assert exchange.body[:4] == [4, 6, "tools", "late"]
    assert exchange.body[4].startswith("airdock_scripts_")


async def test_a_name_with_a_dot_or_a_hyphen_is_a_module_too() -> None:
    path = "my-project/v1.2/end-point.py"
    scripts = PythonScripts(
        MemoryModules({path: "from . import x\ndef service(e):\n    return x.A", "my-project/v1.2/x.py": "A = 1"})
    )
    assert (await finished(scripts.load(path, "service", result=store_body), make_exchange())).body == 1


def test_nothing_outside_the_registry_is_imported_as_a_sibling() -> None:
    problem = refused("from . import os\ndef service(x): pass")
    assert (problem.code, problem.place.file, problem.place.line) == ("descriptor.script", PATH, 1)
    with pytest.raises(DescriptorError):
        PythonScripts(MemoryModules({})).load("../../etc/passwd.py", "service")


async def test_a_module_runs_once_in_a_state_of_the_registry() -> None:
    source = (
        "runs = []\nruns.append(1)\nasync def service(x):\n    return len(runs)\nasync def other(x):\n    return runs"
    )
    scripts = PythonScripts(MemoryModules({PATH: source, "routing/b.py": "from .endpoint import service"}))
    for path, function in ((PATH, "service"), (PATH, "other"), ("routing/b.py", "service")):
        exchange = await finished(scripts.load(path, function, result=store_body), make_exchange())
        assert exchange.body in (1, [1])


async def test_old_runs_go_on_with_old_modules() -> None:
    def state(value: int) -> Any:
        source = "async def service(x):\n    from .lib import VALUE\n    return VALUE"
        scripts = PythonScripts(MemoryModules({PATH: source, "routing/lib.py": f"VALUE = {value}"}))
        return scripts.load(PATH, "service", result=store_body)

    old, new = state(1), state(2)
    assert (await finished(new, make_exchange())).body == 2
    assert (await finished(old, make_exchange())).body == 1


async def test_a_state_that_nobody_holds_leaves_nothing_behind() -> None:
    script = PythonScripts(MemoryModules({PATH: "def service(x):\n    return __name__"})).load(
        PATH, "service", result=store_body
    )
    name = (await finished(script, make_exchange())).body
    assert name in sys.modules
    del script
    gc.collect()
    PythonScripts(MemoryModules({}))
    assert name not in sys.modules


def test_a_syntax_error_has_its_place() -> None:
    problem = refused("def service(x):\n    return (\n")
    assert (problem.code, problem.place.file, problem.place.line) == ("descriptor.script", PATH, 2)
    problem = refused("from . import lib\ndef service(x): pass", **{"routing/lib": "x = = 1"})
    assert (problem.place.file, problem.place.line, problem.place.column) == ("routing/lib.py", 1, 5)


@pytest.mark.parametrize("source", [b"\xff\xfe\x00", b"x = 1\x00", "(" * 3000 + ")" * 3000, b"# coding: nonsense\n"])
def test_what_is_no_source_is_refused(source: str | bytes) -> None:
    assert refused(source).code == "descriptor.script"


def test_a_module_whose_top_level_fails_has_its_line() -> None:
    problem = refused("x = 1\nraise ValueError('no')\ndef service(x): pass")
    assert (problem.message, problem.place.line) == ("ValueError: no", 2)
    assert refused("import sys\nsys.exit(3)").message == "SystemExit: 3"


def test_a_top_level_that_does_not_end_is_refused() -> None:
    assert "did not end" in refused("import threading\nthreading.Event().wait(5)").message


def test_a_top_level_that_loops_is_stopped_and_not_run_again() -> None:
    scripts = PythonScripts(MemoryModules({PATH: "while True:\n    pass"}), load_seconds=0.1)
    before = set(threading.enumerate())
    for _ in range(3):
        with pytest.raises(DescriptorError, match="did not end"):
            scripts.load(PATH, "service")
    loading = set(threading.enumerate()) - before
    for thread in loading:
        thread.join(5)
    assert len(loading) <= 1
    assert not any(thread.is_alive() for thread in loading)


def test_a_missing_function_gets_the_nearest_name() -> None:
    problem = refused("def servce(x): pass")
    assert (problem.code, problem.hint) == ("descriptor.script", "did you mean 'servce'?")
    assert "not a function" in refused("service = 1").message


async def test_the_log_has_the_run() -> None:
    with capture_logs() as lines:
        await run("async def service(x):\n    x.log.info('taken', order=7, run='mine')\n    x.log.warning(3)")
    assert [(line["event"], line["log_level"], line["run"], line["module"]) for line in lines] == [
        ("taken", "info", "0192-run", PATH),
        ("3", "warning", "0192-run", PATH),
    ]
    assert lines[0]["order"] == 7


async def test_a_coroutine_is_cancelled() -> None:
    exchange = make_exchange()
    source = (
        "import asyncio\nasync def service(x):\n    try:\n        await asyncio.sleep(60)\n    finally:\n "
        "       x.properties['ended'] = True"
    )
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await run(source, exchange)
    assert exchange.properties == {"ended": True}


async def test_a_thread_that_is_given_up_changes_nothing_any_more() -> None:
    source = (
        "def service(x):\n    properties, response, errors = x.properties, x.response, x.properties['errors']\n"
        "    properties['gate'].wait()\n"
        "    properties['late'] = 1\n    response.write('late')\n"
        "    for use in (lambda: x.body, lambda: setattr(x, 'body', 1), lambda: x.log.info('late')):\n"
        "        try:\n            use()\n        except RuntimeError as error:\n           "
        " errors.append(str(error))\n"
        "    properties['ended'].set()\n"
    )
    pool = WorkerPool("test", 1)
    service = PythonScripts(MemoryModules({PATH: source}), pool=pool).load(PATH, "service", result=store_body)
    gate, ended, errors = threading.Event(), threading.Event(), list[str]()
    exchange = make_exchange(gate=gate, ended=ended, errors=errors)
    with capture_logs() as lines, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await service(exchange)
    assert [(line["log_level"], line["module"], line["run"]) for line in lines] == [("warning", PATH, "0192-run")]
    assert pool.abandoned == 1
    gate.set()
    assert ended.wait(10)
    assert (exchange.properties.get("late"), exchange.response.parts, exchange.body_set) == (None, [], False)
    assert len(errors) == 3
    pool.close()


@pytest.mark.parametrize(
    "source",
    [
        "def service(exchange):\n    exchange.body = iter([1, 2])\n",
        "def service(exchange):\n    yield 1\n    yield 2\n",
        "async def service(exchange):\n    return (number for number in (1, 2))\n",
    ],
)
async def test_an_iterator_is_a_stream(source: str) -> None:
    exchange = await run(source)
    assert isinstance(exchange.body, Stream)
    assert list(exchange.body.take()) == [1, 2]  # type: ignore[arg-type]


async def test_an_asynchronous_generator_is_a_stream() -> None:
    exchange = await run("async def service(exchange):\n    yield 1\n    yield 2\n")
    items = exchange.body.take()
    assert [item async for item in items] == [1, 2]
