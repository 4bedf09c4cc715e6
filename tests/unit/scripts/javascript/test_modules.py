"""How JavaScript modules are loaded, required and called."""

import pytest

from tests.unit.scripts.javascript.support import PATH, failure, load, refused, run, value
from tests.unit.scripts.support import make_exchange

SHIELDED = (
    "var response = require('net/http/response');\n\n"
    'response.setContentType("text/html; charset=UTF-8");\n'
    'response.setCharacterEncoding("UTF-8");\n'
    'response.println("Hello World!");\n'
    "response.flush();\n"
    "response.close();\n"
)


async def test_a_shielded_module_answers() -> None:
    exchange = await run(SHIELDED)
    assert exchange.response.parts == ["Hello World!\n"]
    assert dict(exchange.response.headers) == {"content-type": "text/html; charset=UTF-8"}


@pytest.mark.parametrize(
    "source",
    [
        "exports.service = function (x) { return x.run.id }",
        "module.exports = { service: (x) => x.run.id }",
        "module.exports = (x) => x.run.id",
        "exports.service = async (x) => { await null; return x.run.id }",
        "class A { async service(x) { return x.run.id } }\nmodule.exports = new A()",
        "#!/usr/bin/env node\nexports.service = (x) => x.run.id",
        "\ufeffexports.service = (x) => x.run.id // no line end",
    ],
)
async def test_a_function_is_called_with_the_exchange(source: str) -> None:
    assert (await run(source)).body == "0192-run"


async def test_another_function() -> None:
    source = "exports.price = () => 7; exports.service = () => 8"
    assert (await run(source, function="price")).body == 7
    error = await failure(source, function="prise")
    assert error.code == "script.error"
    assert error.message == "Error: the module exports no function \"prise\"; did you mean 'price'?"


async def test_a_module_without_service_just_runs() -> None:
    exchange = await run("exports.other = 1")
    assert (exchange.body_set, exchange.response.parts) == (False, [])
    assert "no function" in (await failure("exports.service = 1")).message


async def test_null_and_undefined_are_no_result() -> None:
    for source in ("exports.service = () => null", "exports.service = () => {}"):
        assert not (await run(source)).body_set


async def test_modules_of_the_registry_are_required() -> None:
    files = {
        "routing/lib.js": "exports.name = 'lib:' + __filename + ':' + __dirname",
        "routing/sub/deep.js": "module.exports = require('../lib').name",
        "other/tools.js": "exports.same = require('/routing/lib.js')",
        "routing/data.json": {"a": [1, 2]},
    }
    source = (
        "const lib = require('./lib'), again = require('routing/lib.js'), tools = require(\"other/tools\");\n"
        "exports.service = () => [lib.name, lib === again, tools.same === lib, require('./sub/deep'),"
        " require('./data').a,"
        " this === exports, module.id]"
    )
    assert (await run(source, files=files)).body == [
        "lib:routing/lib.js:routing",
        True,
        True,
        "lib:routing/lib.js:routing",
        [1, 2],
        True,
        PATH,
    ]


async def test_modules_may_require_each_other() -> None:
    files = {
        "routing/a.js": "exports.early = 1; const b = require('./b'); exports.late = b.seen",
        "routing/b.js": "const a = require('./a'); exports.seen = [a.early, a.late === undefined]",
    }
    assert await value("require('./a').late", files=files) == [1, True]


async def test_a_name_that_is_computed_is_looked_up_when_it_runs() -> None:
    files = {"routing/de.js": "module.exports = require('./' + 'word')", "routing/word.js": "module.exports = 'Hallo'"}
    source = (
        "exports.service = (x) => { try { return require('./' + x.properties.language) } catch (e) { return e.code } }"
    )
    script = load(source, files=files)
    for language, answer in (("de", "Hallo"), ("fr", "script.module"), ("de", "Hallo")):
        exchange = make_exchange(language=language)
        await script(exchange)
        assert exchange.body == answer
    error = await failure("require('./' + 'fr')")
    assert (error.code, error.message) == ("script.module", 'there is no module "./fr"')


async def test_a_built_in_module_by_a_computed_name() -> None:
    await run("require('net/http/' + 'response').print('x')")
    assert await value("require('core/' + 'context').get('a')", make_exchange(a=5)) == 5


@pytest.mark.parametrize("name", ["../../../etc/passwd", "../../secret.js", "/../secret.js", "..", "a/../../secret"])
async def test_a_module_outside_the_registry_is_refused(name: str) -> None:
    files = {"secret.js": "module.exports = 'secret'", "../secret.js": "module.exports = 'secret'"}
    assert refused(f"require('{name}')", files=files).code == "descriptor.script"
    assert (await failure(f"require('{name}' + '')", files=files)).code == "script.module"


async def test_python_modules_and_other_files_are_not_required() -> None:
    files = {"routing/x.py": "secret = 1", "routing/shield.flow": "{}"}
    assert (await failure("require('./x.' + 'py')", files=files)).code == "script.module"
    assert (await failure("require('./shield.' + 'flow')", files=files)).code == "script.module"


def test_a_missing_module_is_told_when_the_step_is_compiled() -> None:
    problem = refused(
        "// require('./no')\n/* require('./no') */ 'require(\"./no\")';\n\nconst x = require('./missing');"
    )
    assert (problem.code, problem.message, problem.place.line) == (
        "descriptor.script",
        "there is no module './missing'",
        4,
    )


def test_a_syntax_error_has_its_place() -> None:
    problem = refused("var a = 1;\nvar b = ;\n")
    assert (problem.code, problem.place.file, problem.place.line) == ("descriptor.script", PATH, 2)
    assert "SyntaxError" in problem.message
    problem = refused("require('./lib')", files={"routing/lib.js": "\n\nfunction ("})
    assert (problem.place.file, problem.place.line) == ("routing/lib.js", 3)
    assert refused("require('./d.json')", files={"routing/d.json": '{"a": }'}).place.file == "routing/d.json"


@pytest.mark.parametrize(
    "source",
    [
        "}",
        "if (1) {",
        "}); throw { toString() { for (;;); } }; (function () {",
        "`",
        "/*",
        "a\x00b",
        b"\xff\xfe",
        "x = '\n'",
    ],
)
def test_what_is_no_module_is_refused(source: str | bytes) -> None:
    assert refused(source).code == "descriptor.script"


def test_an_es_module_gets_a_hint() -> None:
    assert "CommonJS" in refused("import x from 'y';\nexport default x;").hint


async def test_an_error_names_module_and_line() -> None:
    error = await failure(
        "const lib = require('./lib');\n\nlib.fail()", files={"routing/lib.js": "\nexports.fail = () => null.x;"}
    )
    assert error.code == "script.error"
    assert error.message == "lib.js, line 2: TypeError: cannot read property 'x' of null"
    assert error.details == {"module": "routing/lib.js", "line": 2, "stack": ["routing/lib.js:2", f"{PATH}:3"]}


async def test_an_error_with_a_code_keeps_it() -> None:
    throw = "throw Object.assign(new Error('no such order'), { code: 'order.unknown', status: 404 })"
    for source in (throw, f"exports.service = async () => {{ await null; {throw} }}"):
        error = await failure(source)
        assert (error.code, error.message, error.status) == ("order.unknown", "no such order", 404)


@pytest.mark.parametrize(
    ("thrown", "message"),
    [
        ("5", "5 was thrown"),
        ("null", "the script used more memory than allowed (out of memory, or null was thrown)"),
        ("Symbol('x')", "a symbol was thrown"),
        ("{ toString() { for (;;); } }", "an object was thrown that is no error"),
        ("{ a: 1 }", "an object was thrown that is no error"),
        ("{ get message() { throw 1 } }", "an error was thrown that cannot be shown"),
        ("new RangeError('far')", "endpoint.js, line 1: RangeError: far"),
    ],
)
async def test_anything_may_be_thrown(thrown: str, message: str) -> None:
    assert (await failure(f"throw {thrown}")).message == message


async def test_a_promise_that_never_settles_is_an_error() -> None:
    assert "never settles" in (await failure("exports.service = () => new Promise(() => {})")).message


async def test_promises_run_to_their_end() -> None:
    source = (
        "exports.service = async (x) => { const all = await Promise.all([1, 2].map(async (n) => { await null;"
        " return n }));"
        " queueMicrotask(() => { x.properties.micro = 1 }); return all }"
    )
    exchange = await run(source)
    assert (exchange.body, exchange.properties) == ([1, 2], {"micro": 1})
