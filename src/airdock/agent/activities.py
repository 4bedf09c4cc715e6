"""Jobs and listeners as flows: what they run, in the form in which everything is compiled."""

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
        properties=model.parameters if isinstance(model, Job) else {},
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
