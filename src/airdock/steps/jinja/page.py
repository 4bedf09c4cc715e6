"""A template as its author wrote it, compiled once and filled in for each message."""

from typing import Any

from jinja2 import UndefinedError

from airdock.errors import FlowError
from airdock.exchange import FILL, Exchange
from airdock.steps.jinja.budget import Budget, reset_budget, set_budget
from airdock.steps.jinja.reading import NAMES, Reading
from airdock.steps.jinja.sandbox import Sandbox, Source


class Page:
    """A template.

    Attributes:
        needs: The parts of `airdock.exchange.FILL` that it reads, with all that it includes.
    """

    def __init__(self, text: str, *, name: str = "", autoescape: bool, strict: bool, source: Source) -> None:
        """
        Args:
            name: Path of the template's file; empty where it stands in the step. source: The texts of others.

        Raises:
            BrokenTemplateError: it does not compile, or one that it names.
        """
        texts: dict[str, str] = {name: text}
        sandbox = Sandbox(autoescape=autoescape, strict=strict, source=texts.__getitem__)
        reading = Reading(sandbox, source)
        reading.read_all(name, texts)
        self.needs = reading.needs
        self._fills = tuple(FILL[part] for part in sorted(self.needs))
        self._template = reading.compiled(texts)[name]

    def render(self, exchange: Exchange, size: int) -> str:
        """The text for a message, of `size` characters at most.

        Raises:
            FlowError: `template.limit`, `template.undefined`, `template.failed`, or what filling a part raises.
        """
        for fill in self._fills:
            fill(exchange)
        token = set_budget(Budget(size))
        try:
            return self._written(exchange.document, size)
        except FlowError:
            raise
        except RecursionError:
            raise FlowError("template.limit", "the template was stopped: it calls itself too often") from None
        except UndefinedError as error:
            raise FlowError("template.undefined", self._told(error)) from None
        except Exception as error:  # noqa: BLE001 -- whatever values of a message do to a filter
            raise FlowError("template.failed", self._told(error)) from None
        finally:
            reset_budget(token)

    def _written(self, document: dict[str, Any], size: int) -> str:
        template = self._template
        context = template.new_context({name: document[name] for name in NAMES if name in document})
        parts: list[str] = []
        for part in template.root_render_func(context):
            size -= len(part)
            if size < 0:
                raise FlowError("template.limit", "the template was stopped: it writes more than `maxSize`")
            parts.append(part)
        return "".join(parts)

    def _told(self, error: Exception) -> str:
        """The error's message with the file and the line at which the rendering was."""
        where, trace = "", error.__traceback__
        while trace is not None:
            template = trace.tb_frame.f_globals.get("__jinja_template__")
            if template is not None:
                line = template.get_corresponding_lineno(trace.tb_lineno)
                where = f"line {line} of {template.name}: " if template.name else f"line {line}: "
            trace = trace.tb_next
        return f"{where}{str(error)[:300] or type(error).__name__}"
