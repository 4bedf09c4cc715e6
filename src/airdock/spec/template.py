"""The declaration of step templates, and of the step that uses one."""

from collections.abc import Sequence
from typing import Any

from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import (
    Boolean,
    Choice,
    Duration,
    Expression,
    Integer,
    Kind,
    ListOf,
    Literal,
    MapOf,
    Number,
    Record,
    Steps,
    Template,
    Text,
)
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed

PREFIX = "template:"
"""What the `type` of a step that uses a template begins with; the template's path stands behind."""

ANY = Literal()
TYPES: dict[str, Kind] = {
    "text": Template(types=("string",)),
    "number": Template(types=("number", "string"), of=Number()),
    "integer": Template(types=("number", "string"), of=Integer()),
    "boolean": Template(types=("boolean", "string"), of=Boolean()),
    "duration": Template(types=("string",), of=Duration()),
    "object": Template(types=("object",)),
    "list": Template(types=("array",)),
    "any": Template(),
    "expression": Expression(),
    "steps": Literal(("array",)),
}
"""What a parameter may be, and how its argument is checked where the template is used."""


class Parameter(Spec):
    """A parameter of a step template."""

    type: str = field(
        Choice(tuple(TYPES)),
        "What an argument must be; but for `expression` and `steps` it may hold `${}`.",
        default="text",
    )
    description: str = field(Text(), "What it is for.", default="")
    default: Any = field(ANY, "The value where a step gives none; without it a step must give one.")
    required: bool = field(
        Boolean(),
        "`false`: a step may leave it out though there is no default; a field that is nothing but the parameter is"
        " left out, too.",
        default=True,
    )
    options: list[Any] = field(ListOf(ANY), "The values that an argument may have.", example=["low", "high"])
    example: Any = field(ANY, "A value to copy; the template is checked with it.")

    @property
    def has_default(self) -> bool:
        return "default" in self.places


class StepTemplate(Spec):
    """Steps to be used in several flows, with parameters.

    A step of the type `template:/project/name` stands for the steps of the file `name.template` of the project. Its
    fields are the template's parameters, beside those that every step has. In the template `{{name}}` stands for the
    argument: alone in a text for the value itself, in a longer text for its text, in an expression for its value.
    """

    name: str = field(Text(), "Name for people; the file's stem if left out.", default="")
    description: str = field(Text(), "What the template is for.", default="")
    parameters: dict[str, Parameter] = field(
        MapOf(Record(Parameter)),
        "The parameters by name.",
        default={},
        example={"customer": {"type": "text", "example": "Joe"}},
    )
    steps: list[Step] = field(Steps(1), "The steps; `{{name}}` stands for an argument.", default=REQUIRED)

    @classmethod
    def check(cls, element: "StepTemplate") -> list[tuple[str, str]]:
        taken = sorted({"type", "steps", *Step.fields} & set(element.parameters))
        return [
            ("parameters", f"{name!r} is a field that every step has: call the parameter otherwise") for name in taken
        ]


class TemplateStep(Step):
    """A step that stands for those of a template; made by the reader, with the template's steps as its own.

    Attributes:
        steps: Those of the template, with the arguments in them.
    """

    group = "routing"
    steps: Sequence[Step] = ()

    def values(self) -> dict[str, Any]:
        return {**super().values(), "steps": list(self.steps)}

    def compile(self, compiler: Compiler) -> Compiled:
        return compiler.block(list(self.steps))

    def resumed(self, inside: Resuming) -> "TemplateStep | None":
        rest = inside.rest(list(self.steps))
        return changed(self, steps=rest) if rest else None
