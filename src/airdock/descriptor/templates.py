"""Reading of step templates, and of the steps that use them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from airdock.descriptor.arguments import Arguments
from airdock.descriptor.names import hint
from airdock.descriptor.problems import shown
from airdock.descriptor.reading import INVALID, Reading
from airdock.descriptor.records import read_spec
from airdock.descriptor.tree import Node
from airdock.errors import Problem
from airdock.spec import kinds
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.template import PREFIX, TYPES, Parameter, StepTemplate, TemplateStep

DEEPEST = 20
_PARAMETERS = kinds.MapOf(kinds.Record(Parameter))
_PATH = kinds.Module()
_SAMPLES: dict[str, Any] = {
    "text": "text",
    "number": 1,
    "integer": 1,
    "boolean": True,
    "duration": "1s",
    "object": {},
    "list": [],
    "any": "value",
    "expression": "body",
    "steps": [],
}


class Used(NamedTuple):
    """A template that a step uses: its path, its parameters, the node of its steps."""

    path: str
    parameters: dict[str, Parameter]
    steps: Node


def read_template_step(reading: Reading, node: Node, word: Node, path: str) -> Any:
    """A step whose type names a template.

    Args:
        word: The node of its `type`. path: The step's own.
    """
    used = _used(reading, word)
    if used is None:
        return INVALID
    step = read_spec(reading, _spec(used), node, f"`{word.value}`", ("type",))
    if step is INVALID:
        return INVALID
    values = {name: _argument(reading, used, name, node) for name in used.parameters}
    steps = _inside(reading, used, Arguments(used.parameters, values), path, word)
    if steps is INVALID:
        return INVALID
    step.steps = steps
    return step


def read_step_template(reading: Reading, node: Node) -> Any:
    """A template as a file of its own, checked with the examples of its parameters."""
    parameters = _parameters(reading, node)
    if parameters is INVALID:
        return INVALID
    made_up = {name for name, each in parameters.items() if _example(each) is None}
    arguments = {name: _sample(node, name, each) for name, each in parameters.items()}
    mark = len(reading.problems)
    with reading.within(Arguments(parameters, arguments)):
        model = read_spec(reading, StepTemplate, node, "a template")
    for problem in reading.problems.forget(mark):
        reading.problems.note(_explained(problem, made_up, parameters))
    return model


def _used(reading: Reading, word: Node) -> Used | None:
    written = Node(word.source, word.value[len(PREFIX) :], word.start, word.end, word.parent, word.key, word.style)
    module = reading.value(_PATH, written)
    if module is INVALID:
        return None
    path = module if module.endswith(".template") else f"{module}.template"
    if path in reading.templates or len(reading.templates) >= DEEPEST:
        chain = " → ".join((*reading.templates, path))
        reading.refuse("descriptor.reference", word, f"templates use each other without end: {chain}")
        return None
    root = reading.find_template(path)
    if root is None:
        reading.refuse("descriptor.reference", word, f"there is no template {shown('/' + path)}", reading.meant(path))
        return None
    parameters = _parameters(reading, root)
    steps = root.value.get("steps")
    if parameters is INVALID or steps is None:
        message = f"the template {shown('/' + path)} has problems of its own"
        reading.refuse("descriptor.reference", word, message, "`airdock check` lists them")
        return None
    return Used(path, parameters, steps)


def _parameters(reading: Reading, root: Node) -> Any:
    """What a template declares; empty where it declares nothing that can be read."""
    declared = root.value.get("parameters") if isinstance(root.value, dict) else None
    return {} if declared is None else reading.value(_PARAMETERS, declared)


def _spec(used: Used) -> type[TemplateStep]:
    """The declaration of the steps that use a template: its parameters are their fields."""
    fields: dict[str, Any] = {"type": f"{PREFIX}/{used.path.removesuffix('.template')}"}
    for number, (name, parameter) in enumerate(used.parameters.items()):
        needed = parameter.required and not parameter.has_default
        default = REQUIRED if needed else None
        fields[f"argument_{number}"] = field(_kind(parameter), parameter.description, name=name, default=default)
    fields["check"] = classmethod(lambda cls, element: _outside_options(used, element))
    return type("TemplateStep", (TemplateStep,), fields)


def _kind(parameter: Parameter) -> kinds.Kind:
    return TYPES[parameter.type]


def _outside_options(used: Used, element: Spec) -> list[tuple[str, str]]:
    broken = []
    for name, parameter in used.parameters.items():
        value = element.values()[name]
        literal = getattr(value, "value", value) if getattr(value, "constant", True) else None
        if parameter.options and literal is not None and literal not in parameter.options:
            words = [option if isinstance(option, str) else str(option) for option in parameter.options]
            broken.append(
                (name, f"`{name}` cannot be {shown(str(literal))}: {hint(str(literal), words, 'it is one of ')}")
            )
    return broken


def _argument(reading: Reading, used: Used, name: str, node: Node) -> Node | None:
    """The argument, as the step gives it, or its default."""
    given: Node | None = node.value.get(name)
    if given is not None:
        outer = reading.arguments
        filled = given if outer is None else outer.fill(reading, kinds.Template(), given)
        return filled if isinstance(filled, Node) else given
    parameter = used.parameters[name]
    return _placed(used.steps, parameter.default) if parameter.has_default else None


def _inside(reading: Reading, used: Used, arguments: Arguments, path: str, word: Node) -> Any:
    """The template's steps, with the arguments in them."""
    reading.paths.enter(used.steps, path)
    mark = len(reading.problems)
    with reading.within(arguments, used.path):
        steps = reading.value(kinds.Steps(), used.steps)
    if len(reading.problems) > mark:
        for problem in reading.problems.forget(mark):
            reading.problems.note(_at_use(problem, word))
        return INVALID
    return steps


def _at_use(problem: Problem, word: Node) -> Problem:
    """A problem inside a template says where the template is used."""
    if problem.place.file == word.source.file:
        return problem
    used = f"used at {word.place}"
    return Problem(problem.code, problem.message, problem.place, f"{problem.hint}; {used}" if problem.hint else used)


def _example(parameter: Parameter) -> Any:
    if parameter.example is not None:
        return parameter.example
    if parameter.has_default:
        return parameter.default
    return parameter.options[0] if parameter.options else None


def _sample(root: Node, name: str, parameter: Parameter) -> Node | None:
    value = _example(parameter)
    if value is None and not parameter.required:
        return None
    return _placed(root.value["parameters"].value[name], _SAMPLES[parameter.type] if value is None else value)


def _placed(node: Node, value: Any) -> Node:
    """A value that is not written as such, at the place of a node."""
    made = Node(node.source, None, node.start, node.end, node.parent, node.key)
    if isinstance(value, dict):
        made.value = {key: _placed(made, each) for key, each in value.items()}
    elif isinstance(value, list):
        made.value = [_placed(made, each) for each in value]
    else:
        made.value = value
    return made


def _explained(problem: Problem, made_up: set[str], parameters: Mapping[str, Parameter]) -> Problem:
    """What is wrong only with a value that was made up needs an example."""
    place = problem.place
    at = {(parameters[name].place.line, parameters[name].place.column): name for name in made_up}
    name = at.get((place.line, place.column))
    if name is None:
        return problem
    hint = f"give the parameter {name!r} an `example`, with which the template is checked"
    return Problem(problem.code, problem.message, place, hint)
