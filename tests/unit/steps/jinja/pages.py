"""Templates for tests: compiled and rendered without a flow."""

from typing import Any

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.steps.jinja.page import Page
from airdock.steps.jinja.reading import BrokenTemplateError

SIZE = 1 << 20


def exchange(body: Any = None, **properties: Any) -> Exchange:
    made = Exchange(Run("1", "p/f.flow"), properties=properties)
    made.body = body
    return made


def page(text: str, *, autoescape: bool = False, strict: bool = False, files: dict[str, str] | None = None) -> Page:
    def source(path: str) -> str:
        if files is None or path not in files:
            raise BrokenTemplateError(f"there is no {path}", 1, "")
        return files[path]

    return Page(text, autoescape=autoescape, strict=strict, source=source)


def render(text: str, body: Any = None, *, size: int = SIZE, **options: Any) -> str:
    return page(text, **options).render(exchange(body), size)


def code(text: str, body: Any = None, *, size: int = SIZE, **options: Any) -> str:
    """The code of the error that it ends with; its text if it ends well."""
    try:
        return render(text, body, size=size, **options)
    except FlowError as error:
        return error.code
