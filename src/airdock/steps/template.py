from pathlib import PurePosixPath
from typing import Any

from airdock.errors import DescriptorError, Place, Problem
from airdock.exchange import Exchange, read_then
from airdock.spec.fields import field
from airdock.spec.kinds import Boolean, Literal, Module, Size, Text
from airdock.spec.step import Compiled, Compiler, ProducingStep
from airdock.steps.jinja.page import Page
from airdock.steps.jinja.reading import BrokenTemplateError

_TYPES = {".html": "text/html", ".xml": "application/xml"}
_LARGEST = 64 * 1024**2
_PLAIN = "text/plain"


class Template(ProducingStep):
    """Fills a text in with what the message holds, by a Jinja template: pages, mails, XML, reports.

    The template stands in `template`, or in a file of the flow's project (`module`). It sees what expressions see,
    `body`, `headers`, `properties`, `request`, `run`, `config`, and `error`, `loop`, `split`, `slip` where there are
    such; any other name is refused when the flow is read. Values are written as in `${}`: null as nothing, `true`, an
    object or a list as JSON. The text becomes the body, or the property that `result` names. As the body it brings its
    content type along for the answer, if one is known.

    Where the type is HTML or XML, by `contentType` or by the file's ending (`.html`, `.xml`, also in front of `.j2`),
    `<`, `>`, `&` and quotes in values are escaped; `|safe` marks a text that is to stay as it is, and `|tojson` fits
    into a script. Other texts are not escaped.

    What is missing is an empty text, and so is what is missing in it, as in `${}`; with `strict` it is an error
    `template.undefined`. `is defined` and `|default` ask for it in both.

    A name behind a dot is a field of an object, never a method or an attribute of Python's: write `name|upper` for
    `name.upper()`, `object|items` for `object.items()`. Jinja's filters and tests are there, but for those whose cost
    has no bound (`attr`, `pprint`, `random`, `slice`, `urlize`). `include`, `import` and `extends` name a
    file of the same project by its path as a text: `{% include "/shop/footer.html" %}`.

    A rendering may take 1 s, make a million rounds of loops and uses of filters, and write `maxSize`; on the way it may
    make ten times as much text. Beyond a bound it ends with `template.limit`. What a filter cannot do with a value is
    `template.failed`, with the line.
    """

    type = "template"
    group = "answer and data"
    example = {
        "type": "template",
        "contentType": "text/html",
        "template": "<ul>{% for item in body.items %}<li>{{ item.name }}: {{ item.price }}</li>{% endfor %}</ul>",
    }

    template: str = field(
        Literal(("string",)), "The Jinja template in place.", default="", example="Dear {{ body.name }}"
    )
    module: str = field(
        Module((".html", ".xml", ".j2")), "Path of a file with the template.", default="", example="/shop/mail.txt.j2"
    )
    content_type: str = field(
        Text(r"[\w.+-]+/[\w.+-]+(\s*;.*)?", 'a content type such as "text/html"'),
        "The type of the text; told by the file's ending if left out.",
        default="",
        example="text/html",
    )
    strict: bool = field(Boolean(), "What is missing is an error.", default=False)
    max_size: int = field(
        Size(), "So many characters the text may have, 64MB at most.", default=4 * 1024**2, example="1MB"
    )

    def compile(self, compiler: Compiler) -> Compiled:
        page, size = self._page(compiler), self.max_size
        content_type = "" if self.result else self._type()
        store, reads = self.store(), bool(page.needs & {"body", "request.form"})

        def render(exchange: Exchange) -> Any:
            if reads and exchange.request.unread:
                return read_then(render, exchange)
            text = page.render(exchange, size)
            if content_type:
                exchange.set_typed_body(text, content_type)
            else:
                store(exchange, text)
            return None

        return render

    def _page(self, compiler: Compiler) -> Page:
        def text_of(path: str) -> str:
            plain = path.removeprefix("/")
            if not _stands_in(compiler.project, plain) or not path.startswith("/"):
                own = f"/{compiler.project}/" if compiler.project else "/"
                raise BrokenTemplateError(f"a template is a file of the flow's project, {own!r}, not {path!r}", 1, "")
            try:
                return compiler.file(plain, self.place_of("module")).decode()
            except UnicodeDecodeError:
                raise BrokenTemplateError(f"{path} is not UTF-8 text", 1, path) from None
            except DescriptorError as error:
                raise BrokenTemplateError(error.problems[0].message, 1, "") from None

        path = f"/{self.module}" if self.module else ""
        escapes = _is_markup(self._type() or _PLAIN)
        try:
            text = text_of(path) if path else self.template
            return Page(text, name=path, autoescape=escapes, strict=self.strict, source=text_of)
        except BrokenTemplateError as error:
            raise DescriptorError([self._problem(error)]) from None

    def _type(self) -> str:
        if self.content_type:
            return self.content_type
        return _TYPES.get(PurePosixPath(self.module.removesuffix(".j2")).suffix, "")

    def _problem(self, error: BrokenTemplateError) -> Problem:
        place = Place(error.file.removeprefix("/"), error.line) if error.file else self.place_of(self._where())
        lines = "" if error.file or self.module or "\n" not in self.template else f"line {error.line}: "
        return Problem("template.syntax", f"{lines}{error}", place)

    def _where(self) -> str:
        return "module" if self.module else "template"

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = []
        if bool(element.template) == bool(element.module):
            broken.append(("", "give `template` (in place) or `module` (a file with it), one of the two"))
        if not 1 <= element.max_size <= _LARGEST:
            broken.append(("maxSize", "must be from 1B to 64MB"))
        return broken


def _stands_in(project: str, path: str) -> bool:
    return path.startswith(f"{project}/") if project else "/" not in path


def _is_markup(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in ("text/html", "text/xml", "application/xml") or kind.endswith("+xml")
