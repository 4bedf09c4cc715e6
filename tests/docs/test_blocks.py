"""The extraction of code blocks from pages."""

import pytest

from tests.docs.blocks import Block, blocks, commands, matches

PAGE = """\
# Title

```json title="orders/hello.flow"
{"steps": []}
```

1. In a list:

    ```console
    $ echo one \\
        two
    one two
    $ true
    ```

````text
```not a block```
````
"""


def test_blocks_keep_language_title_text_and_line() -> None:
    flow, console, shown = blocks(PAGE)
    assert flow == Block("json", "orders/hello.flow", '{"steps": []}\n', 3)
    assert (console.kind, console.line) == ("console", 9)
    assert console.text.startswith("$ echo one")
    assert (shown.kind, shown.text) == ("shown", "```not a block```\n")


def test_commands_have_their_output_and_line() -> None:
    first, second = commands(blocks(PAGE)[1])
    assert (first.text, first.expected, first.line) == ("echo one two", ["one two"], 10)
    assert (second.text, second.expected) == ("true", [])


@pytest.mark.parametrize(
    ("language", "title", "kind"),
    [
        ("json", "", "data"),
        ("yaml", "", "data"),
        ("json", "a.flow", "file"),
        ("javascript", "lib.js", "file"),
        ("python", "", "python"),
        ("python", "lib.py", "file"),
        ("mermaid", "", "shown"),
        ("console", "ann", "console"),
    ],
)
def test_kind_follows_from_the_first_line(language: str, title: str, kind: str) -> None:
    assert Block(language, title, "", 1).kind == kind


@pytest.mark.parametrize("language", ["", "bash", "sh", "javascript", "toml"])
def test_a_block_that_nothing_would_run_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="line 7"):
        _ = Block(language, "", "", 7).kind


def test_a_block_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="line 2: the block does not end"):
        blocks("text\n```json\n{}\n")


def test_output_without_command_is_refused() -> None:
    with pytest.raises(ValueError, match="line 2: output before the first command"):
        commands(Block("console", "", "hello\n", 1))


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        (["hello"], "hello\n", True),
        (["hello"], "hello world\n", False),
        (["run … ended"], "run 0190 ended\n", True),
        (["first", "…", "last"], "first\na\nb\nlast\n", True),
        (["first", "…", "last"], "first\nlast\n", True),
        (["first", "…"], "first\n", True),
        (["first", "…"], "second\n", False),
        (["{…}"], "{\n  1\n}\n", True),
        (["a.c"], "abc\n", False),
        (["table"], "table   \n", True),
    ],
)
def test_dots_stand_for_anything(expected: list[str], printed: str, same: bool) -> None:
    assert matches(expected, printed) is same
