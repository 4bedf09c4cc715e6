from typing import Any

from airdock.expressions import Expression
from airdock.spec.fields import REQUIRED, field
from airdock.spec.kinds import Boolean, Choice, Duration, Integer, Size, Steps
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, Step
from airdock.steps.groups.resequencer_batch import BatchResequencer
from airdock.steps.groups.resequencer_stream import StreamResequencer

OF_BATCH = ("batchSize", "batchTimeout", "allowDuplicates", "reverse")
OF_STREAM = ("gapTimeout", "rejectOld")


class Resequence(Step):
    """Puts messages in order: Camel's resequencer.

    Its `steps` run beside, once for each message and one after another, each time in a run of its own in the run log;
    they have the message's body and properties. The flow goes on behind the step as soon as the message is kept.

    `batch` collects messages and puts each batch in order: it is complete with `batchSize` messages, or when none has
    come for `batchTimeout`. Of messages with the same value the first is kept and the others are dropped, unless
    `allowDuplicates` is set.

    `stream` passes messages on without end: their numbers are whole, and one is delivered as soon as the one before it
    was. Where that is missing, the message waits for it for `gapTimeout` (Camel calls it `timeout`), then the order
    goes on without it. The first message of all waits so long, too. A message that comes after its place was passed is
    delivered late, or is an error `resequence.old` with `rejectOld`. A message with the number of one that waits is
    dropped.

    Messages are kept in the durable store, if `store` says nothing else, and outlive the process; of several processes
    one at a time delivers. Steps that fail are tried again, `maximumRedeliveries` times with `redeliveryDelay` in
    between, while the messages behind wait; then the message is given up, which the run log has as a failed run that
    can be retried. A process that is gone may have begun with one message, which is then delivered again.

    When `capacity` messages wait, `whenFull` has further ones wait, or fail with `resequence.full`.
    """

    type = "resequence"
    group = "routing"
    stateful = True
    repeatable = False
    example = {
        "type": "resequence",
        "name": "in order",
        "mode": "stream",
        "expression": "body.number",
        "gapTimeout": "5s",
        "steps": [{"type": "log", "message": "number ${body.number}"}],
    }

    expression: Expression = field(
        ExpressionKind(),
        "What messages are ordered by: numbers, in a batch texts, too. A message for which it is anything else is an"
        " error `resequence.value`.",
        default=REQUIRED,
        example="body.number",
    )
    mode: str = field(Choice(("batch", "stream")), "In batches, or without end.", default="batch")
    steps: list[Step] = field(Steps(1), "What runs with each message.", default=REQUIRED)
    ignore_invalid_exchanges: bool = field(
        Boolean(), "A message without such a value is passed over, instead of the error.", default=False
    )
    batch_size: int = field(Integer(1, 10_000), "A batch is complete with so many messages.", default=100)
    batch_timeout: float = field(
        Duration(), "It is complete when no message has come for so long.", default=1.0, unit="s", example="1s"
    )
    allow_duplicates: bool = field(
        Boolean(), "Messages with the same value are kept, in the order in which they came.", default=False
    )
    reverse: bool = field(Boolean(), "The largest first.", default=False)
    gap_timeout: float = field(
        Duration(), "How long a message waits for those in front of it.", default=1.0, unit="s", example="1s"
    )
    reject_old: bool = field(Boolean(), "A message whose place was passed is an error.", default=False)
    capacity: int = field(Integer(1, 1_000_000), "So many messages may wait.", default=1000)
    when_full: str = field(
        Choice(("block", "reject")), "What happens when they do: a further one waits, or fails.", default="block"
    )
    delivery_attempt_interval: float = field(
        Duration(),
        "How often it is looked at most for what other processes have left.",
        default=1.0,
        unit="s",
        example="1s",
    )
    store: str = field(
        Choice(("durable", "memory")), "Where they are kept; those in memory go with the process.", default="durable"
    )
    max_message_size: int = field(
        Size(), "A message that takes more bytes is an error.", default=1024**2, unit="bytes", example="1MB"
    )
    maximum_redeliveries: int = field(
        Integer(0, 1_000_000), "How often a message whose steps failed is delivered again at most.", default=3
    )
    redelivery_delay: float = field(Duration(), "Wait in between.", default=1.0, unit="s", example="1s")

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        kind = BatchResequencer if self.mode == "batch" else StreamResequencer
        resequencer = kind(self, compiler)
        compiler.duty(resequencer.watch)
        return resequencer.add

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        others = OF_STREAM if element.mode == "batch" else OF_BATCH
        broken = [(name, f"it means nothing in the mode `{element.mode}`") for name in others if name in element.places]
        if element.delivery_attempt_interval < 0.01:
            broken.append(("deliveryAttemptInterval", 'it is "10ms" at least'))
        return broken
