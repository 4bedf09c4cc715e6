"""That a script stays in its context and within its limits, whatever it does."""

import asyncio
import time

import pytest

from airdock.scripts.javascript import JavaScriptLimits
from airdock.scripts.pool import WorkerPool
from tests.unit.scripts.javascript.support import failure, load, run, value
from tests.unit.scripts.support import make_exchange

SHORT = JavaScriptLimits(seconds=0.2, memory=16 * 1024 * 1024, answer=1024 * 1024)
FOR_EVER = [
    "for (;;);",
    "try { for (;;); } catch (e) {} finally { for (;;); }",
    "/(a+)+$/.test('a'.repeat(40) + 'b')",
    "(function next() { Promise.resolve().then(next) })()",
    "exports.service = async () => { for (;;) await null }",
    "queueMicrotask(function again() { queueMicrotask(again) })",
    "exports.service = (x) => ({ toJSON() { for (;;); } })",
    "exports.service = (x) => { x.properties.a = { get b() { for (;;); } } }",
    "throw { get message() { for (;;); } }",
    "throw new Proxy({}, { get() { for (;;); } })",
    "queueMicrotask(() => { throw { toString() { for (;;); } } }); for (;;);",
    "Error.prototype.toString = () => { for (;;); }; for (;;);",
    "Error.prepareStackTrace = () => ({ toString() { for (;;); } }); for (;;);",
    "Object.prototype[Symbol.toPrimitive] = () => { for (;;); }; for (;;);",
    "Object.defineProperty(Error.prototype, 'stack', { get() { for (;;); } }); for (;;);",
    "Object.defineProperty(Object.prototype, 'message', { get() { for (;;); }, set() { for (;;); } }); for (;;);",
    "InternalError.prototype.toString = () => { for (;;); }; for (;;);",
    "Object.prototype.toJSON = () => { for (;;); }; for (;;);",
]
LONG_CALLS = [
    "Array.prototype.{}.call({{ length: 2 ** 53 - 1 }})",
    "Array.prototype.{}.call({{ get length() {{ return 2 ** 53 - 1 }} }})",
    "Array.prototype.{}.call({{ length: {{ valueOf: () => 2 ** 53 - 1 }} }})",
    "Array.prototype.{}.call(new Proxy([], {{ get: (t, k) => (k === 'length' ? 2 ** 53 - 1 : t[k]) }}))",
    "Array.prototype.{}.call(Proxy.revocable([], {{ get: (t, k) => (k === 'length' ? 2 ** 53 - 1 : t[k]) }}).proxy)",
    "Array.prototype.{}.call(Object.create({{ length: 2 ** 53 - 1 }}))",
    "new Array(4294967295).{}()",
]
LIST_FUNCTIONS = (  # noqa: SIM905
    "concat copyWithin fill flat join lastIndexOf reverse shift slice sort splice toLocaleString toReversed toSorted"
    " toSpliced unshift with toString"
).split()
OTHERS = [
    "'a'.repeat(6e6).indexOf('a'.repeat(3e6) + 'b')",
    "'a'.repeat(6e6).lastIndexOf('b' + 'a'.repeat(3e6))",
    "'a'.repeat(6e6).includes('a'.repeat(3e6) + 'b')",
    "'a'.repeat(6e6).split('a'.repeat(3e6) + 'b')",
    "'a'.repeat(6e6).replaceAll('a'.repeat(3e6) + 'b', '')",
    "'a'.repeat(6e6).replace({ toString: () => 'a'.repeat(3e6) + 'b' }, '')",
    "[1].flatMap(() => new Array(4294967295))",
    "[].concat({ length: 2 ** 53 - 1, [Symbol.isConcatSpreadable]: true }); for (;;);",
    "[].concat(new Array(4294967295))",
    "[new Array(4294967295)].flat()",
    "JSON.stringify({}, new Array(4294967295))",
    "JSON.stringify(new Array(4294967295))",
    "String(new Array(4294967295))",
    "new Set(new Array(4294967295))",
    "new Array(4294967295).values().drop(4294967294).next(); for (;;);",
    "new Array(4294967295).values().toArray()",
    "Array.from({ length: 4294967295 })",
    "Number('1'.repeat(5e6)); for (;;);",
    "BigInt('1'.repeat(5e6))",
    "[].reduce.call({ length: 2 ** 53 - 1 }, (a) => a, 0)",
    "for (;;) Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
]


@pytest.mark.parametrize("source", FOR_EVER)
async def test_a_script_that_does_not_end_is_ended(source: str) -> None:
    pool = WorkerPool("test", 1)
    error = await failure(source, limits=SHORT, pool=pool)
    assert error.code == "script.timeout", error
    assert await pool.run(lambda: 1) == 1
    async with asyncio.timeout(10):
        while pool.abandoned:  # noqa: ASYNC110 -- a thread changes it
            await asyncio.sleep(0.005)
    pool.close()


@pytest.mark.parametrize("name", LIST_FUNCTIONS)
async def test_a_list_that_claims_to_be_long_holds_nothing_up(name: str) -> None:
    pool = WorkerPool("test", 1)
    for call in LONG_CALLS:
        source = f"let caught; try {{ {call.format(name)} }} catch (e) {{ caught = e.name }}"
        script = load(source, limits=JavaScriptLimits(seconds=5, memory=16 * 1024 * 1024), pool=pool)
        begun = time.monotonic()
        await asyncio.gather(script(make_exchange()), return_exceptions=True)
        assert time.monotonic() - begun < 4, call
    assert pool.abandoned == 0
    pool.close()


@pytest.mark.parametrize("source", OTHERS)
async def test_a_long_call_ends(source: str) -> None:
    pool = WorkerPool("test", 1)
    await failure(source, limits=JavaScriptLimits(seconds=0.3, memory=32 * 1024 * 1024), pool=pool)
    async with asyncio.timeout(10):
        while pool.abandoned:  # noqa: ASYNC110 -- a thread changes it
            await asyncio.sleep(0.005)
    pool.close()


async def test_guarded_functions_do_what_they_did() -> None:
    assert await value(
        "[[1, [2, [3]]].flat(), [1, [2, [3]]].flat(Infinity), [1, 2].flatMap((n) => [n, [n]]), [1].concat([2],"
        " 3, { a: 1 }),"
        " [3, 1, 2].sort(), [3, 1].toSorted((a, b) => a - b), [1, 2, 3].slice(1), [1, 2].reverse(), [1, 2].join('-'),"
        " String([1, [2]]), [1, 2, 1].lastIndexOf(1), [0, 0].fill(7), Array.prototype.slice.call({ length: 1,"
        " 0: 'a' }),"
        " (function () { return Array.prototype.slice.call(arguments) })(1, 2), [1, 2].with(0, 9), [1, 2, 3].splice(1)]"
    ) == [
        [1, 2, [3]],
        [1, 2, 3],
        [1, [1], 2, [2]],
        [1, 2, 3, {"a": 1}],
        [1, 2, 3],
        [1, 3],
        [2, 3],
        [2, 1],
        "1-2",
        "1,2",
        2,
        [7, 7],
        ["a"],
        [1, 2],
        [9, 2],
        [2, 3],
    ]
    assert await value(
        "['a-b-c'.split('-'), 'a-b-c'.split('-', 2), 'a1b'.split(/\\d/), 'aXbX'.replace('X', 'y'),"
        " 'aXbX'.replaceAll('X', () => 'z'),"
        " 'aXbX'.replace(/x/gi, '$&$&'), 'abcabc'.indexOf('c', 3), 'abcabc'.lastIndexOf('a'),"
        " 'abc'.includes('bc'), 'undefined'.indexOf(),"
        " 'aXbX'.replaceAll(/X/g, '-'), 'abc'.split(''), new Proxy({ a: 1 }, {}).a, JSON.stringify({ a: [1] },"
        " ['a'], 1),"
        " 'a,b'.split(undefined), 'null'.includes(null)]"
    ) == [
        ["a", "b", "c"],
        ["a", "b"],
        ["a", "b"],
        "aybX",
        "azbz",
        "aXXbXX",
        5,
        3,
        True,
        0,
        "a-b-",
        ["a", "b", "c"],
        1,
        '{\n "a": [\n  1\n ]\n}',
        ["a,b"],
        True,
    ]
    assert "TypeError" in (await failure("'abc'.includes(/b/)")).message


@pytest.mark.parametrize(
    "source",
    [
        "const a = []; for (;;) a.push({})",
        "globalThis.a = []; for (;;) a.push('x'.repeat(1000) + a.length)",
        "new ArrayBuffer(1e9)",
        "new Uint8Array(5e7)",
        "const all = []; try { for (;;) all.push(new ArrayBuffer(1000)) } catch (e) { for (;;) all.push([]) }",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, [i])",
        "exports.service = async () => { const all = []; for (;;) { all.push(new Array(1000).fill(1)); await null } }",
    ],
)
async def test_memory_is_bounded(source: str) -> None:
    assert (await failure(source, limits=JavaScriptLimits(memory=8 * 1024 * 1024))).code == "script.memory"


async def test_text_cannot_double_for_ever() -> None:
    error = await failure("let s = 'x'; for (;;) s += s", limits=SHORT)
    assert error.code in ("script.memory", "script.error")


@pytest.mark.parametrize(
    "source",
    [
        "(function deep() { deep() })()",
        "(function deep() { try { deep() } finally { deep() } })()",
        "const deep = []; let at = deep; for (let i = 0; i < 1e5; i++) { at.push([]); at = at[0] }"
        " exports.service = () => deep",
        "JSON.parse('['.repeat(1e6))",
        "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))",
        "eval('('.repeat(1e5))",
    ],
)
async def test_depth_is_bounded(source: str) -> None:
    assert (await failure(source, limits=SHORT)).code in (
        "script.error",
        "script.result",
        "script.timeout",
        "script.memory",
    )
    assert await value("1") == 1


@pytest.mark.parametrize(
    "source",
    [
        "exports.service = () => 'x'.repeat(2e6)",
        "exports.service = (x) => { for (let i = 0; i < 1e5; i++) x.response.write('0123456789abcdef') }",
        "exports.service = (x) => { x.properties.a = 'x'.repeat(2e6) }",
    ],
)
async def test_the_outcome_is_bounded(source: str) -> None:
    error = await failure(source, limits=JavaScriptLimits(answer=1024 * 1024))
    assert error.code == "script.result"
    assert "too large" in error.message


async def test_one_run_never_sees_another() -> None:
    script = load(
        "exports.service = () => { const seen = [globalThis.left, {}.left, [].left, 'a'.trim(),"
        " require('./lib').count++];"
        " globalThis.left = 1; Object.prototype.left = 2; Array.prototype.left = 3; String.prototype.trim = ()"
        " => 'stolen';"
        " JSON.stringify.left = 4; return seen.map(String) }",
        files={"routing/lib.js": "exports.count = 0"},
    )
    for _ in range(3):
        exchange = make_exchange()
        await script(exchange)
        assert exchange.body == ["undefined", "undefined", "undefined", "a", "0"]


@pytest.mark.parametrize(
    "expression",
    [
        "typeof process",
        "typeof fetch",
        "typeof XMLHttpRequest",
        "typeof std",
        "typeof os",
        "typeof setTimeout",
        "typeof Python",
        "typeof FinalizationRegistry",
        "typeof SharedArrayBuffer",
        "typeof Atomics",
        "typeof new Function('return this')().require",
        "typeof (0, eval)('this').host",
        "typeof (function () { return this })().core",
    ],
)
async def test_nothing_of_the_host_can_be_reached(expression: str) -> None:
    assert await value(expression) == "undefined"


async def test_no_module_is_imported_from_disk() -> None:
    source = (
        "exports.service = async () => { try { await import('/etc/passwd'); return 'read' } catch (e) {"
        " return 'refused' } }"
    )
    assert (await run(source)).body == "refused"


@pytest.mark.parametrize(
    "source",
    [
        "JSON.stringify = () => { throw 1 }; exports.service = () => ({ a: 1 })",
        "JSON.parse = Object.keys = Object.entries = () => { throw 1 }; exports.service = (x) => x.properties.a",
        "Object.prototype.toJSON = () => { throw { toString() { throw 1 } } }; exports.service = () => ({ a: 1 })",
        "Object.prototype.toJSON = () => 1; exports.service = () => ({ a: 1 })",
        "Object.defineProperty(Object.prototype, 'suspended', { get() { return { kind: 'part', detail: 'x' } } })",
        "Array.prototype[Symbol.iterator] = function* () { yield 1 }; exports.service = (x) => x.properties",
        "Array.prototype.push = () => { throw 1 }; exports.service = (x) => x.properties",
        "Promise.prototype.then = () => { throw 1 }; exports.service = async () => 1",
        "Reflect.apply = Function.prototype.call = () => { throw 1 }; exports.service = (x) => x.headers",
        "for (const name of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[name] } catch {}",
        "Object.setPrototypeOf(Object.prototype, null); Object.prototype.before = Object.prototype.bytes = 'x';"
        " exports.service = (x) => ({})",
        "exports.service = () => '\\ud800'",
        "exports.service = () => 'a\\u0000b'",
    ],
)
async def test_changed_built_ins_harm_the_script_alone(source: str) -> None:
    script = load(source, limits=SHORT)
    outcome = (await asyncio.gather(script(make_exchange(a=1)), return_exceptions=True))[0]
    assert outcome is None or getattr(outcome, "code", "").startswith("script."), outcome
    assert await value("x.properties.a", make_exchange(a=1)) == 1


async def test_runaway_scripts_delay_no_one_else() -> None:
    pool = WorkerPool("test", 5)
    limits = JavaScriptLimits(seconds=0.8)
    runaway = [load("for (;;);", limits=limits, pool=pool) for _ in range(4)]
    good = load("exports.service = () => 1", limits=limits, pool=pool)
    running = [asyncio.ensure_future(script(make_exchange())) for script in runaway]
    gaps: list[float] = []
    served = 0
    while not all(task.done() for task in running):
        begun = time.monotonic()
        await asyncio.sleep(0.005)
        gaps.append(time.monotonic() - begun)
        if len(gaps) % 10 == 0:
            await good(make_exchange())
            served += 1
    assert {getattr(task.exception(), "code", None) for task in running} == {"script.timeout"}
    # The machine that tests run on may be busy too; a loop that was held up would have shown one gap of the whole time.
    assert max(gaps) < 0.4
    assert served > 1
    pool.close()
