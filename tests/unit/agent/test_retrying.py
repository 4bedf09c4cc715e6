"""A failed run goes on from the failed step, as if it had never failed."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from airdock.agent.content import Content, Entry
from airdock.agent.retrying import Retrier
from airdock.errors import RefusedError
from airdock.triggers.http.buffered import BufferedRequest
from airdock.triggers.http.request import HttpRequest
from tests.unit.agent.retries import BROKEN, Place, flaky, text, told
from tests.unit.flows import output

WAIT = {"type": "delay", "duration": "0ms"}
COUNT = {"type": "set", "properties": {"n": "${properties.n & 'x'}"}}
SHOW = output("n=${properties.n};")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Place(tmp_path) as place:
        yield place


def flow(*steps: Any, **fields: Any) -> dict[str, Any]:
    return {"steps": list(steps), **fields}


async def test_the_run_goes_on_with_all_that_it_had(place: Place) -> None:
    steps = flow(
        output("${request.query.q} ${body.order} ${request.headers.`x-a`};"),
        {"type": "set", "properties": {"big": 2**70}, "headers": {"h": "v"}, "body": {"b": "${body.order}"}},
        {"type": "respond", "status": 201, "headers": {"x-b": "c"}},
        flaky(),
        output("${properties.big} ${headers.h} ${body.b} ${request.user} ${run.attempt} ${request.cookies.c}"),
    )
    place.write({"p/f.flow": steps})
    fields = [("content-type", "application/json"), ("x-a", "1"), ("cookie", "c=d")]
    request = BufferedRequest("POST", "/services/flow/p/f.flow", query="q=z", headers=fields, body=b'{"order": 5}')
    failed = await place.fail(request=request)
    assert (failed.retriable, failed.not_retriable) == (True, "")
    retried = await place.retry(failed)
    status, headers, body = told(retried.answer)
    assert (status, ("x-b", "c") in headers) == (201, True)
    assert body == f"z 5 1;[it]{2**70} v 5  2 d"
    again = place.newest()
    assert (again.id, again.outcome, again.attempt, again.retry_of) == (retried.run, "ok", 2, failed.id)
    assert (again.method, again.path) == ("POST", "/services/flow/p/f.flow")


async def test_a_retry_that_fails_can_be_retried_and_names_the_first_run(place: Place) -> None:
    place.write({"p/f.flow": flow(output("a;"), flaky("one"), output("b;"), flaky("two"), output("c"))})
    first = await place.fail("one")
    BROKEN.add("two")
    retried = await place.retry(first)
    BROKEN.clear()
    assert retried.error is not None
    assert (retried.error.code, retried.error.step, retried.answer.status) == ("script.error", "4", 500)
    second = place.newest()
    last = await place.retry(second)
    assert text(last.answer) == "a;[one]b;[two]c"
    assert (last.attempt, last.retry_of, second.retry_of) == (3, first.id, first.id)


async def test_what_was_mended_is_used_and_what_was_done_is_not_done_again(place: Place) -> None:
    place.write({"p/f.flow": flow(output("old;"), {"type": "throw", "code": "x", "name": "here"}, output("old"))})
    failed = await place.fail()
    place.write({"p/f.flow": flow(output("new;"), output("mended;", name="here"), output("new"))})
    assert text((await place.retry(failed)).answer) == "old;mended;new"


async def test_a_step_that_is_not_there_any_more_is_told(place: Place) -> None:
    place.write({"p/f.flow": flow({"type": "flow", "name": "in", "flow": flow(flaky(name="x"))})})
    failed = await place.fail()
    place.write({"p/f.flow": flow({"type": "flow", "name": "in", "flow": flow(flaky(name="y"))})})
    with pytest.raises(RefusedError, match=r"the step 'in\.x', where the run stood, is not in this version") as refused:
        await place.retry(failed)
    assert refused.value.code == "run.notRetriable"
    (place.folder / "flows" / "p" / "f.flow").unlink()
    place.agent.load()
    with pytest.raises(RefusedError, match=r"no flow p/f\.flow"):
        await place.retry(failed)


async def test_a_handler_that_fails_is_retried_from_what_it_handled(place: Place) -> None:
    caught = {"type": "try", "steps": [COUNT, flaky("one")], "catch": [{"steps": [output("sorry"), flaky("two")]}]}
    place.write({"p/f.flow": flow(caught, SHOW)})
    failed = await place.fail("one", "two")
    assert failed.error is not None
    assert failed.error.step == "1.catch1.2"
    assert text((await place.retry(failed)).answer) == "[one]n=x;"


async def test_steps_behind_the_runs_end_are_no_place_to_go_on_from(place: Place) -> None:
    place.write({"p/f.flow": flow({"type": "try", "steps": [{"type": "stop"}], "finally": [flaky()]}, output("no"))})
    failed = await place.fail()
    assert (failed.retriable, failed.not_retriable) == (
        False,
        "a `finally` step failed while the run was already ending",
    )
    with pytest.raises(RefusedError, match="already ending"):
        await place.retry(failed)


@pytest.mark.parametrize("inside", ["step", "flow"])
async def test_a_run_that_took_too_long_goes_on_from_where_it_was_cut(place: Place, inside: str) -> None:
    slow = {"type": "delay", "duration": "${properties.wait}"}
    steps = flow(COUNT, {"type": "flow", "properties": {"wait": "10s"}, "flow": flow(output("a;"), slow, SHOW)})
    if inside == "flow":
        steps["timeout"] = "50ms"
    else:
        steps["steps"][1]["timeout"] = "50ms"
    place.write({"p/f.flow": steps})
    failed = await place.fail()
    steps["steps"][1]["flow"]["steps"][1] = WAIT
    place.write({"p/f.flow": steps})
    assert text((await place.retry(failed)).answer) == "a;n=x;"


class OnTheWire(HttpRequest):
    """A request whose body nobody has read yet."""

    def __init__(self, body: bytes, length: int | None = None) -> None:
        super().__init__("POST", "/services/flow/p/f.flow")
        self._content = body
        self._length = len(body) if length is None else length

    def take_fields(self) -> list[tuple[str, str]]:
        return [("content-length", str(self._length)), ("content-type", "text/plain")]

    async def receive(self, length: int | None, limit: int) -> bytes:
        return self._content


@pytest.mark.parametrize("first", [[], [WAIT]], ids=["at once", "after waiting"])
async def test_a_body_that_no_step_had_read_is_kept(place: Place, first: list[Any]) -> None:
    place.write({"p/f.flow": flow(*first, {"type": "throw", "code": "x", "name": "here"}, output("${body}"))})
    failed = await place.fail(request=OnTheWire(b"the body"))
    place.write({"p/f.flow": flow(*first, output("mended;", name="here"), output("${body}"))})
    assert text((await place.retry(failed)).answer) == "mended;the body"


async def test_a_large_body_that_no_step_had_read_is_not_waited_for(place: Place) -> None:
    place.write({"p/f.flow": flow({"type": "throw", "code": "x"})})
    failed = await place.fail(request=OnTheWire(b"", 2 * 1024**2))
    assert failed.not_retriable == "it has a body that was not read: it is too large, or did not come"


async def test_what_cannot_be_kept_is_told(place: Place) -> None:
    script = "def service(exchange):\n    exchange.properties['rows'] = {'all': iter([1])}\n"
    place.write({"p/stream.py": script, "p/f.flow": flow({"type": "python", "module": "/p/stream.py"}, flaky())})
    failed = await place.fail()
    assert failed.not_retriable == "properties.rows.all is a list_iterator, which cannot be kept"


async def test_nothing_is_kept_of_a_flow_that_is_not_recorded(place: Place) -> None:
    place.write({"p/f.flow": flow(flaky(), log="off")})
    BROKEN.add("it")
    assert (await place.call()).status == 500
    assert place.log.flush()
    assert place.store.list() == []


async def test_a_folder_has_no_earlier_version(place: Place) -> None:
    place.write({"p/f.flow": flow(flaky())})
    with pytest.raises(RefusedError, match=r"of p/f\.flow only the current version is there"):
        await place.retry(await place.fail(), "same")


async def test_the_same_release_runs_beside_the_current_one(place: Place) -> None:
    place.write({"p/f.flow": flow(output("now")), "p/sub.flow": flow(output("sub now"))})
    files = {
        "p/f.flow": b'{"log": "off", "steps": [{"type": "throw", "code": "x"},'
        b' {"type": "flow", "module": "/p/sub.flow"}]}',
        "p/sub.flow": b'{"steps": [{"type": "output", "message": "sub then ${run.release}"}]}',
    }
    then = Content({path: Entry(path, "flow", path, path) for path in files}, files.get, release=7)
    made = Retrier(place.agent, lambda project, release: {("p", 7): then}.get((project, release)))
    place.write({"p/f.flow": flow(flaky())})
    failed = await place.fail()
    snapshot = place.store.snapshot(failed.id)
    retried = await made.retry(replace(snapshot, release=7), "same")
    assert retried.error is not None
    files["p/f.flow"] = files["p/f.flow"].replace(b'"throw", "code": "x"', b'"set", "body": 1')
    assert text((await made.retry(replace(snapshot, release=7), "same")).answer) == "sub then 7"
    assert place.agent.registry.units["p/f.flow"].pipeline is not None
    with pytest.raises(RefusedError, match="p has no release 8 any more"):
        await made.retry(replace(snapshot, release=8), "same")
    assert place.log.flow("p/f.flow", "p", "summary").keep_trail


# Whatever a flow is made of.

TEXTS = st.sampled_from(["a;", "${properties.n};", "${body};", "${request.query.q}"])
LEAVES: st.SearchStrategy[Any] = st.one_of(
    TEXTS.map(output),
    st.just(COUNT),
    st.just(WAIT),
    st.just({"type": "set", "body": {"was": "${body}"}}),
    st.just({"type": "set", "headers": {"h": "${headers.h & 'y'}"}}),
    st.just({"type": "respond", "headers": {"x-n": "${properties.n}-"}}),
    st.just({"type": "try", "steps": [{"type": "throw", "code": "t"}], "catch": [{"steps": [COUNT, SHOW]}]}),
)
BLOCKS = st.lists(LEAVES, max_size=2)
PRESETS = st.sampled_from([{}, {"n": "${properties.n & 'p'}"}])


@st.composite
def failing(draw: st.DrawFn, depth: int, files: dict[str, Any]) -> list[Any]:
    """Steps of which one fails, at most so deep inside others; other flows are put in `files`."""
    inner = draw(containers(depth, files)) if depth and draw(st.booleans()) else flaky(**draw(FLAKY_COMMON))
    return [*draw(BLOCKS), inner, *draw(BLOCKS)]


FLAKY_COMMON: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {"retry": {"attempts": 2, "delay": "0ms"}}, {"timeout": "20s"}]
)
COMMON = st.fixed_dictionaries(
    {"properties": PRESETS}, optional={"timeout": st.just("20s"), "when": st.just("1 = 1"), "name": st.just("named")}
)


@st.composite
def containers(draw: st.DrawFn, depth: int, files: dict[str, Any]) -> dict[str, Any]:
    steps = draw(failing(depth - 1, files))
    inside = {"properties": draw(PRESETS), "steps": steps}
    return {**draw(COMMON), **draw(holding(steps, inside, files))}


@st.composite
def holding(draw: st.DrawFn, steps: list[Any], inside: dict[str, Any], files: dict[str, Any]) -> dict[str, Any]:
    other = {"steps": draw(BLOCKS)}
    match draw(st.sampled_from(["case", "when", "otherwise", "flow", "module", "try", "finally"])):
        case "case":
            cases = [{"key": "q", "value": "no", "flow": other}, {"key": "q", "value": "any", "flow": inside}]
            return {"type": "condition", "cases": cases}
        case "when":
            return {"type": "condition", "cases": [{"when": "true", "flow": inside}], "otherwise": other}
        case "otherwise":
            return {"type": "condition", "cases": [{"when": "false", "flow": other}], "otherwise": inside}
        case "flow":
            return {"type": "flow", "flow": inside}
        case "module":
            path = f"p/m{len(files)}.flow"
            files[path] = {**inside, "onError": draw(HANDLERS)}
            return {"type": "flow", "module": f"/{path}"}
        case "try":
            return {"type": "try", "steps": steps, "catch": draw(CATCHES), "finally": draw(BLOCKS)}
        case _:
            return {"type": "try", "steps": draw(BLOCKS), "catch": draw(CATCHES), "finally": steps}


THROW = {"type": "throw", "code": "second"}
CATCHES = st.sampled_from(
    [[], [{"on": ["never"], "steps": []}], [{"on": ["script.*"], "steps": [COUNT, output("c"), THROW]}]]
)
HANDLERS = st.sampled_from(
    [
        [],
        [{"on": ["never"], "steps": []}],
        [{"handled": False, "steps": [COUNT, output("h")]}],
        [{"retry": {"attempts": 2, "delay": "0ms"}, "steps": [WAIT, THROW]}],
    ]
)


@st.composite
def projects(draw: st.DrawFn) -> dict[str, Any]:
    files: dict[str, Any] = {}
    steps = draw(failing(3, files))
    files["p/f.flow"] = {"steps": steps, "properties": {"n": "0"}, "onError": draw(HANDLERS)}
    return files


def request() -> BufferedRequest:
    return BufferedRequest(
        "POST", "/services/flow/p/f.flow", query="q=z", headers=[("content-type", "text/plain")], body=b"text"
    )


@settings(max_examples=60)
@given(files=projects())
def test_a_run_that_failed_and_went_on_answers_like_one_that_did_not(files: dict[str, Any]) -> None:
    async def compare() -> None:
        with tempfile.TemporaryDirectory() as folder, Place(Path(folder)) as place:
            place.write(files)
            undisturbed = await place.call(request())
            failed = await place.fail(request=request())
            assert failed.retriable, failed
            assert failed.error is not None
            event(f"depth {failed.error.step.count('.')}")
            retried = await place.retry(failed)
            assert told(retried.answer) == told(undisturbed)

    asyncio.run(compare())
