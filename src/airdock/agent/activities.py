"""Jobs and listeners as flows: what they run, in the form in which everything is compiled."""

from copy import copy
from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.descriptors import Job, Listener
from airdock.spec.flow import Flow
from airdock.spec.step import Step
from airdock.steps.flow import FlowStep
from airdock.steps.javascript import JavaScript
from airdock.steps.python import Python


def flow_of(model: Job | Listener) -> Flow:
    """What a job or a listener runs, as a flow with its handlers, its timeout and its log."""
    return Flow(
        place=model.place,
        places=model.places,
        name=model.name,
        description=model.description,
        properties=_parameters(model) if isinstance(model, Job) else {},
        steps=model.steps if model.steps is not None else [_step(model)],
        on_error=model.on_error,
        timeout=model.timeout,
        log=model.log,
    )


def _step(model: Job | Listener) -> Step:
    places = {"module": model.place_of("module")}
    step: Step
    if model.type == "flow":
        step = FlowStep(place=model.place, places=places, module=model.module)
    elif model.type == "python":
        step = Python(place=model.place, places=places, module=model.module)
    else:
        step = JavaScript(place=model.place, places=places, module=model.module)
    step.path = "1"
    return step


def _parameters(job: Job) -> dict[str, Template]:
    return {name: _parameter(name, template) for name, template in job.parameters.items()}


def _parameter(name: str, template: Template) -> Template:
    """A parameter of a job: what was given by whoever asked for the run, else what the job says."""
    evaluate = template.evaluate

    def given_or_own(exchange: Exchange) -> Any:
        job = exchange.properties.get("job")
        given = job.get("parameters") if isinstance(job, dict) else None
        return given[name] if isinstance(given, dict) and name in given else evaluate(exchange)

    parameter = copy(template)
    parameter.constant, parameter.evaluate = False, given_or_own
    return parameter
