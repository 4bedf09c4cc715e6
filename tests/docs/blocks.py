"""Finds the code blocks of a page and says what each is for.

Each block a reader can copy is run by the tests. How a block is run depends on its first line:

* ` ```json title="orders/hello.flow" `, with any language: a file of that name in the page's folder.
* ` ```console `: lines that begin with `$ ` are commands, the lines beneath are their output; `…` stands for anything.
* ` ```console title="ann" `: the same in the folder of that name, as if it were the machine of a person of their own.
* ` ```python `: a program.
* ` ```json `, ` ```yaml `: a flow or a step, checked as a descriptor; any other value must be well-formed.
* ` ```text `, ` ```mermaid `, ` ```http `: shown, not run.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}) *(?P<language>[\w+-]*)(?P<rest>.*)$")
TITLE = re.compile(r'title="([^"]+)"')
LANGUAGES = {"console", "http", "javascript", "json", "mermaid", "python", "text", "toml", "yaml"}
SHOWN = {"http", "mermaid", "text"}


@dataclass(frozen=True)
class Block:
    """A code block: its language, its title (a file name, or empty), its text, and where it stands."""

    language: str
    title: str
    text: str
    line: int

    @property
    def kind(self) -> str:
        """`file`, `console`, `python`, `data` or `shown`.

        Raises:
            ValueError: the block's language is none that this module knows, or only a file may have it.
        """
        if self.language not in LANGUAGES:
            raise ValueError(f"line {self.line}: a block needs one of the languages {', '.join(sorted(LANGUAGES))}")
        if self.title and self.language != "console":
            return "file"
        if self.language in {"json", "yaml"}:
            return "data"
        if self.language in {"console", "python"}:
            return self.language
        if self.language in SHOWN:
            return "shown"
        raise ValueError(f'line {self.line}: a {self.language} block needs a file name, title="…"')


@dataclass
class Command:
    """One command of a console block and what it must print; an empty expectation accepts everything."""

    text: str
    line: int
    expected: list[str] = field(default_factory=list)


def blocks(page: str) -> list[Block]:
    """The code blocks of a Markdown text, in order. Raises ValueError for one that does not end."""
    found: list[Block] = []
    lines = iter(enumerate(page.splitlines(), 1))
    for number, line in lines:
        opening = FENCE.match(line)
        if not opening:
            continue
        indent, ticks, body = len(opening["indent"]), opening["ticks"], []
        for _, inner in lines:
            if inner.strip() == ticks:
                break
            body.append(inner[indent:] if inner[:indent].isspace() else inner)
        else:
            raise ValueError(f"line {number}: the block does not end")
        title = TITLE.search(opening["rest"])
        found.append(Block(opening["language"], title[1] if title else "", "\n".join(body) + "\n", number))
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a console block; a `\\` at the end of a line joins the next."""
    found: list[Command] = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if found and found[-1].text.endswith("\\") and not found[-1].expected:
            found[-1].text = found[-1].text[:-1] + line.strip()
        elif line.startswith("$ "):
            found.append(Command(line[2:].strip(), number))
        elif found:
            found[-1].expected.append(line.rstrip())
        elif line.strip():
            raise ValueError(f"line {number}: output before the first command; commands begin with `$ `")
    return found


def matches(expected: list[str], printed: str) -> bool:
    """Whether a command printed what a page shows.

    `…` stands for any text, on a line of its own for any number of lines, none included.
    """
    lines = "\n".join(expected).strip().splitlines()
    pattern = "".join("(?:[^\n]*\n)*?" if line == "…" else f"{_anything_for_dots(line)}\n" for line in lines)
    text = "\n".join(line.rstrip() for line in printed.splitlines()).strip() + "\n"
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def _anything_for_dots(line: str) -> str:
    return ".*?".join(re.escape(part) for part in line.split("…"))


def pages(root: Path) -> list[Path]:
    """Every page whose blocks are run: the readmes, the contributors' guide and the documentation."""
    found = [
        root / "README.md",
        root / "CONTRIBUTING.md",
        *root.glob("examples/**/README.md"),
        *root.glob("docs/**/*.md"),
    ]
    return sorted(page for page in found if page.is_file())
