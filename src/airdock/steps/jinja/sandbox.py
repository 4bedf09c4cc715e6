"""The environment of templates: they see the message, and nothing of the objects that it is made of."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, Literal

from jinja2 import BaseLoader, ChainableUndefined, Environment, StrictUndefined, TemplateAssertionError, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.utils import Namespace, missing

from airdock.steps.jinja.budget import budget
from airdock.steps.jinja.filters import FILTERS_INSIDE, NAMED, TESTS_INSIDE
from airdock.steps.jinja.rewriting import counted
from airdock.steps.jinja.texts import finalize

Source = Callable[[str], str]
"""The text of another template of the project, by its path; raises TemplateNotFound."""

_OWN = (LoopContext, Namespace, TemplateModule, TemplateReference)
"""Of objects of Jinja's own, what they offer to templates is read."""
_CALLED = (Macro, BlockReference, LoopContext)
_LARGEST = 10**30
_NO_METHODS = "values of the message have no methods, but there are filters"


class Sandbox(ImmutableSandboxedEnvironment):
    """Compiles and runs templates.

    A name behind a dot, or in brackets, is looked up among the fields of an object of the message, never among the
    attributes of a Python object. What is called is a macro, a block, `loop`, `range` or `namespace`.
    """

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(self, *, autoescape: bool, strict: bool, source: Source) -> None:
        super().__init__(
            autoescape=autoescape,
            undefined=_Strict if strict else _Empty,
            finalize=finalize,
            loader=_Loader(source),
            auto_reload=False,
            cache_size=-1,
        )
        self.filters = dict(FILTERS_INSIDE)
        self.tests = dict(TESTS_INSIDE)
        self.globals = {"range": safe_range, "namespace": Namespace}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all((nodes.Filter, nodes.Test)):
            _check_name(node)
        return tree

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        return super()._generate(counted(source), *args, **options)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        try:
            if isinstance(obj, dict | list | str | Undefined):
                return obj[argument]
            if isinstance(obj, tuple):
                # A group of `groupby` has fields with names.
                return obj[vars(type(obj))["_fields"].index(argument) if isinstance(argument, str) else argument]
            if isinstance(obj, _OWN) and not str(argument).startswith("_"):
                return obj[argument] if isinstance(obj, TemplateReference) else getattr(obj, argument)
        except (LookupError, TypeError, ValueError, AttributeError):
            pass
        return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        if obj is safe_range or obj is Namespace or isinstance(obj, _CALLED):
            return True
        return isinstance(getattr(obj, "__self__", None), LoopContext)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 -- as in the base
        if isinstance(__obj, Undefined):
            __obj()
        if not __self.is_safe_callable(__obj):
            raise SecurityError(f"it calls what is no macro: {_NO_METHODS}")
        budget().use()
        return __context.call(__obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        spent = budget()
        spent.use()
        if operator == "*":
            return _times(left, right)
        if operator == "**":
            return _power(left, right)
        if operator == "%" and isinstance(left, str):
            raise TypeError("% takes numbers: a text is filled in by the filter `format`")
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            spent.text(len(left) + len(right))
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, list):
            spent.made(result)
        return result


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, str | list):
        left, right = right, left
    if isinstance(left, str | list) and isinstance(right, int):
        spent, times = budget(), max(right, 0)
        if isinstance(left, str):
            spent.text(len(left) * times)
            return left * times
        spent.round()
        return _repeated(left, times)
    _small(left, right)
    return left * right


def _repeated(items: list[Any], times: int) -> list[Any]:
    spent = budget()
    if len(items) * times > 1_000_000:
        spent.over("it makes a list of more than 1,000,000 values")
    repeated = items * times
    spent.made(repeated)
    return repeated


def _power(left: Any, right: Any) -> Any:
    _small(left, right)
    if abs(right) > 100:
        raise OverflowError("an exponent is up to 100")
    return left**right


def _small(*numbers: Any) -> None:
    for number in numbers:
        if isinstance(number, int) and abs(number) > _LARGEST:
            raise OverflowError("whole numbers in templates are up to 10^30")


def _check_name(node: Any) -> None:
    kind: Literal["filter", "test"] = "filter" if isinstance(node, nodes.Filter) else "test"
    known = NAMED if kind == "filter" else TESTS_INSIDE
    if node.name not in known:
        near = get_close_matches(node.name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"
        raise TemplateAssertionError(f"there is no {kind} {node.name!r}: {hint}", node.lineno)


class _Loader(BaseLoader):
    def __init__(self, source: Source) -> None:
        self._source = source

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        return self._source(template), template, None


class _Told(Undefined):
    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        own: Any = self._undefined_name
        name = f"{own!r:.100}" if isinstance(own, str | int) else f"field of the name that a {type(own).__name__} is"
        if self._undefined_obj is missing or isinstance(self._undefined_obj, dict | Undefined):
            return f"there is no {name}"
        if self._undefined_obj is None:
            return f"there is no {name} of a value that is null"
        return f"there is no {name} of a {type(self._undefined_obj).__name__}: {_NO_METHODS}"


class _Empty(_Told, ChainableUndefined):
    __slots__ = ()


class _Strict(_Told, StrictUndefined):
    __slots__ = ()
