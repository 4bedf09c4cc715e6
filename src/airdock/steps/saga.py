from collections.abc import Callable, Iterator
from typing import Any

from airdock.exchange import Exchange
from airdock.expressions import Template
from airdock.spec.fields import REQUIRED, Spec, field
from airdock.spec.kinds import ListOf, MapOf, Record, Steps, Text
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Resuming, Retry, Step, changed
from airdock.steps.keeping.saga_record import SagaShelf
from airdock.steps.keeping.saga_work import CompiledAction, SagaWork


class Action(Spec):
    """An action of a saga, and what undoes it."""

    name: str = field(Text(".+", "a name"), "Its name; its position if left out.", default="", example="order")
    steps: list[Step] = field(Steps(1), "What is done.", default=REQUIRED)
    options: dict[str, Template] = field(
        MapOf(TemplateKind()),
        "What `compensation` and `completion` find as properties: taken when the action begins, and again when it has"
        " ended.",
        default={},
        example={"order": "${body.id}"},
    )
    compensation: list[Step] = field(Steps(), "What undoes it; left out where nothing is to be undone.", default=[])


class Saga(Step):
    """Does several things that belong together, and undoes those that are done when one fails: Camel's saga.

    The `actions` run in order, on the message. When one fails, the `compensation` of each that had ended runs, the
    last one first; then the error is raised. The action that failed is not compensated: it says by its error that
    nothing was done. When the run is cut off, by its `timeout`, its caller, an operator or the end of the process, the
    action under way is compensated too, as nobody knows what it did. So a compensation must do no harm when there is
    nothing to undo, or when it runs again. When all actions have ended, `completion` runs.

    Compensations and the completion are runs of their own in the run log. They find no body and no properties but the
    `options` of their action (the completion, those of all), and `saga`: its `id`, which actions see as well and which
    is good as an idempotency key, the `run` that began it, and in a compensation the `action` and the `error`. The run
    that came to the saga waits for them, unless it is cut off.

    Each one that fails is tried again, as `compensationRetry` says. When it still fails the saga is parked for a
    person: the run is listed as failed, and `airdock runs retry` goes on with it, and with the ones that are left.
    The main run then fails with `saga.parked` instead of the action's error; a completion that is parked does not
    concern it.

    What was done is kept in the durable store, before each action and behind each compensation. A saga whose process
    is gone is gone on with by another one, or by the same one started again, within a minute. A saga in an action of
    another one is its own: undoing the outer one does not undo it, the compensation of that action does.
    """

    type = "saga"
    group = "reliability"
    stateful = True
    opaque = True
    waits = True
    example = {
        "type": "saga",
        "timeout": "30s",
        "actions": [
            {
                "name": "order",
                "steps": [{"type": "flow", "module": "/shop/new_order.flow"}],
                "options": {"order": "${body.id}"},
                "compensation": [{"type": "flow", "module": "/shop/cancel_order.flow"}],
            },
            {"name": "credit", "steps": [{"type": "flow", "module": "/shop/reserve_credit.flow"}]},
        ],
        "completion": [{"type": "log", "message": "order ${properties.order} is complete"}],
    }

    actions: list[Action] = field(ListOf(Record(Action), 1), "What is done, in order.", default=REQUIRED)
    completion: list[Step] = field(Steps(), "What runs when all actions have ended.", default=[])
    compensation_retry: Retry | None = field(
        Record(Retry),
        "How often a compensation, or the completion, is tried until the saga is parked; 5 times if left out, after"
        " 1, 2, 4 and 8 seconds.",
        example={"attempts": 10, "delay": "5s", "backoff": 2, "maxDelay": "10m"},
    )

    settles = False
    """It goes on with one that was parked, and does nothing else."""

    @property
    def sets(self) -> tuple[str, ...]:
        return ("saga",)

    def compile(self, compiler: Compiler) -> Compiled:
        space = compiler.space(self)
        work = SagaWork(self.path, space, SagaShelf(compiler.stores.durable, space, compiler.clock))
        retry = self.compensation_retry or Retry(attempts=5, delay=1.0, backoff=2.0)

        def apart(steps: list[Step]) -> Compiled | None:
            inside = compiler.branch(compiler.guarded(steps))
            return compiler.retried(work.given(inside), retry) if steps else None

        for position, action in enumerate(self.actions, 1):
            steps, options = compiler.guarded(action.steps), _options(action.options)
            compensation = apart(action.compensation)
            work.actions.append(CompiledAction(action.name or str(position), steps, options, compensation))
        work.completion = apart(self.completion)
        if self.settles:
            return compiler.unhandled(work.settle)
        work.part = compiler.part(work.settle, self)
        compiler.duty(work.recover)
        return work.run

    def resumed_part(self, inside: Resuming) -> list[Step]:
        return [changed(self, settles=True, when=None, properties={}, retry=None, timeout=None)]

    @classmethod
    def check(cls, element: "Saga") -> list[tuple[str, str]]:
        return list(_doubles(element))


def _options(templates: dict[str, Template]) -> Callable[[Exchange], dict[str, Any]]:
    pairs = tuple((name, template.evaluate) for name, template in templates.items())
    return lambda exchange: {name: evaluate(exchange) for name, evaluate in pairs}


def _doubles(saga: Saga) -> Iterator[tuple[str, str]]:
    names = [action.name or str(position) for position, action in enumerate(saga.actions, 1)]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield "actions", f"two actions are called {name!r}: each needs a name of its own"
