from collections.abc import Iterator
from typing import Any

from airdock.expressions import Expression, Template
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Choice, Duration, Integer, Size, Steps
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.kinds import Template as TemplateKind
from airdock.spec.step import Compiled, Compiler, Step
from airdock.steps.groups.aggregator import Aggregator
from airdock.steps.groups.combining import is_named

SHORTEST = 0.01


class Aggregate(Step):
    """Collects messages in groups and makes one message of each group when it is complete: Camel's aggregator.

    A message joins the group of its `correlation`; its flow then goes on behind the step with the message as it was.
    A group is complete by whichever of the completions fires first. Its `steps` then run beside, in a run of its own
    in the run log, with the group's value as the body (see `aggregate`), the properties of the last message, and the
    property `aggregate` that tells about the group: `key`, `size`, and `completedBy`, which is `size`, `predicate`,
    `timeout`, `interval`, or `full` for a bound. Headers are not kept: put into a property what the steps need of them.
    The run names the run of the group's last message as its parent.

    Groups are kept in the durable store, if `store` says nothing else: when the step is done with a message, the
    message outlives the process, and a group that was open or complete goes on after a restart. Where several
    processes run the flow, their messages join the same groups, and one process completes each. A group whose steps
    failed, or whose process is gone, is delivered again after `recoveryInterval`; so steps may see a group twice. When
    it was tried `maximumRedeliveries` times more, it is given up: the last run is in the run log as failed, and can be
    retried from the step that failed.

    A group with `maxGroupSize` messages or `maxGroupBytes` bytes is complete in any case, by `full`. When `maxGroups`
    groups are open, `whenFull` says what happens to a message that would open one more. While `maxPending` complete
    groups are under way in a process, further messages wait.
    """

    type = "aggregate"
    group = "routing"
    stateful = True
    repeatable = False
    example = {
        "type": "aggregate",
        "name": "order",
        "correlation": "body.order",
        "completionSize": "${body.lines}",
        "completionTimeout": "10m",
        "steps": [
            {"type": "log", "message": "order ${properties.aggregate.key} has ${properties.aggregate.size} lines"}
        ],
    }

    correlation: Expression | None = field(
        ExpressionKind(),
        "Which group a message joins: texts, numbers and the like are compared by their JSON text. All join one group"
        " if left out. A message for which it is missing or empty is an error `aggregate.correlation`.",
        example="body.order",
    )
    ignore_invalid_correlation_keys: bool = field(
        Boolean(), "A message without a correlation joins no group, instead of the error.", default=False
    )
    completion_size: Template | None = field(
        TemplateKind(types=("number", "string"), of=Integer(1, 1_000_000)),
        "A group is complete with so many messages; with `${}`, the message that comes last decides.",
        example=10,
    )
    completion_timeout: Template | None = field(
        TemplateKind(types=("string",), of=Duration()),
        "It is complete when no message has joined it for so long.",
        example="30s",
    )
    completion_interval: float | None = field(
        Duration(), "All groups are complete each time so long has passed.", unit="s", example="5m"
    )
    completion_predicate: Expression | None = field(
        ExpressionKind(),
        "It is complete when this is true of the group with the message in it: `body` is the group's value then, and"
        " `properties.aggregate.size` its size. It reads the whole group for each message, unless"
        " `eagerCheckCompletion` is set.",
        example="$sum(body.amount) >= 1000",
    )
    eager_check_completion: bool = field(
        Boolean(), "`completionPredicate` is asked of the message that joins, not of the group.", default=False
    )
    aggregate: Expression | None = field(
        ExpressionKind(),
        "The value of a group: `list` of the bodies, the `latest` body, an `object` of the bodies by `itemName`, the"
        " bodies in one (`merge`: objects, in which later fields win, or lists), or an expression whose `body` is the"
        " list. `list` if left out.",
        example="$sum(body.amount)",
    )
    item_name: Expression | None = field(
        ExpressionKind(), "For `object`: the name of a message's body in it.", example="body.sku"
    )
    steps: list[Step] = field(Steps(1), "What runs with a complete group.", default=REQUIRED)
    close_correlation_key_on_completion: int | None = field(
        Integer(1, 1_000_000),
        "So many keys of complete groups are remembered; a message that comes late for one of them is an error"
        " `aggregate.closed`. The oldest is forgotten for one more.",
        example=10_000,
    )
    discard_on_completion_timeout: bool = field(
        Boolean(), "A group that is complete by its timeout is dropped.", default=False
    )
    store: str = field(
        Choice(("durable", "memory")), "Where groups are kept; those in memory go with the process.", default="durable"
    )
    max_groups: int = field(Integer(1, 1_000_000), "So many groups may be open.", default=10_000)
    when_full: str = field(
        Choice(("reject", "completeOldest", "dropOldest")),
        "What happens when a message would open one more: it fails with `aggregate.full`, or the group that no message"
        " has joined for the longest time is completed, or dropped.",
        default="reject",
    )
    max_group_size: int = field(Integer(1, 1_000_000), "Most messages of a group.", default=10_000)
    max_group_bytes: int = field(Size(), "Most bytes of a group.", default=16 * 1024**2, unit="bytes", example="16MB")
    max_message_size: int = field(
        Size(), "A message that takes more bytes is an error.", default=1024**2, unit="bytes", example="1MB"
    )
    max_pending: int = field(Integer(1, 100_000), "So many complete groups may run in a process.", default=100)
    recovery_interval: float = field(
        Duration(),
        "A group whose steps failed, or whose process is gone, is delivered again after so long.",
        default=30.0,
        unit="s",
        example="30s",
    )
    maximum_redeliveries: int = field(Integer(0, 1_000_000), "How often it is delivered again at most.", default=3)

    @property
    def reads_body(self) -> bool:
        return True

    @property
    def sets(self) -> tuple[str, ...]:
        return ("aggregate",)

    def compile(self, compiler: Compiler) -> Compiled:
        aggregator = Aggregator(self, compiler)
        compiler.duty(aggregator.completions.watch)
        return aggregator.add

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return list(_broken(element))


def _broken(step: Aggregate) -> Iterator[tuple[str, str]]:
    """The rules between its fields that do not hold."""
    completions = (step.completion_size, step.completion_timeout, step.completion_interval, step.completion_predicate)
    if all(each is None for each in completions):
        words = "`completionSize`, `completionTimeout`, `completionInterval` or `completionPredicate`"
        yield "", f"give {words}: what completes a group"
    if step.eager_check_completion and step.completion_predicate is None:
        yield "eagerCheckCompletion", "it says of what `completionPredicate` is asked, which is missing"
    if step.ignore_invalid_correlation_keys and step.correlation is None:
        yield "ignoreInvalidCorrelationKeys", "without `correlation` every message joins the one group"
    if is_named(step.aggregate, "object") != (step.item_name is not None):
        yield "itemName", '`itemName` and `"aggregate": "object"` belong together'
    for name in ("completion_interval", "recovery_interval"):
        value = getattr(step, name)
        if value is not None and value < SHORTEST:
            yield (
                next(field for field, attribute in step.attributes.items() if attribute == name),
                'it is "10ms" at least',
            )
