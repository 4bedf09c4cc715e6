"""Codes of the integration patterns, one step after another."""

from airdock.codes.code import ErrorCode

PATTERNS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "aggregate.correlation",
        "A message has no correlation, or one that cannot be the key of a group.",
        "Send what `correlation` reads, or set `ignoreInvalidCorrelationKeys`.",
        400,
    ),
    ErrorCode(
        "aggregate.closed",
        "A message comes for a group that is complete already.",
        "Send it earlier, or leave `closeCorrelationKeyOnCompletion` out.",
        409,
    ),
    ErrorCode(
        "aggregate.completionSize",
        "The number of messages of a group, which a message gives, is none.",
        "Give a whole number from 1.",
        400,
    ),
    ErrorCode(
        "aggregate.full",
        "As many groups are open as an `aggregate` may have.",
        "Raise `maxGroups`, complete groups earlier, or choose another `whenFull`.",
        503,
    ),
    ErrorCode(
        "aggregate.itemName",
        "A message has no name for its body in the object that a group becomes.",
        "Send what `itemName` reads.",
        400,
    ),
    ErrorCode(
        "aggregate.message",
        "A message cannot be kept: it is too large, or holds what cannot be stored.",
        "Raise `maxMessageSize`, or make its body and properties plain data first.",
        413,
    ),
    ErrorCode(
        "cache.key",
        "The `key` of a `cache` gave nothing for a message, or what cannot be a key.",
        "Send what `key` reads, or skip the step by `when` for messages without a key.",
        400,
    ),
    ErrorCode(
        "claimCheck.content",
        "A message cannot be put aside: it is larger than may be, or holds what cannot be kept.",
        "Raise `maxSize`, or leave out what is not needed with `filter`.",
        413,
    ),
    ErrorCode(
        "claimCheck.full",
        "As many messages are put aside as may be: in memory, or on the stack of one message.",
        "Raise `maxEntries` or `maxDepth`, shorten `ttl`, or keep messages in the durable store.",
        503,
    ),
    ErrorCode(
        "claimCheck.key",
        "The `key` of a `claimCheck` gave nothing under which a message could be kept.",
        "Correct the key, or skip the step by `when` for messages without one.",
        400,
    ),
    ErrorCode(
        "claimCheck.missing",
        "Nothing is kept under a key, or on the stack of a message.",
        "Look whether it was put aside, in the same project and `repository`, less than its `ttl` ago.",
        404,
    ),
    ErrorCode(
        "circuitBreaker.open",
        "A circuit breaker does not let its steps run, as too many of the last calls failed or were slow.",
        "Come again after `Retry-After` seconds, or give the breaker an `onFallback`; look at what its steps call.",
        503,
    ),
    ErrorCode(
        "circuitBreaker.timeout",
        "The steps in a circuit breaker ran longer than its `timeoutDuration`.",
        "Raise it, or make what they call faster.",
        504,
    ),
    ErrorCode(
        "delivery.exhausted",
        "The process ended each time while a group's steps ran, until there were no deliveries left.",
        "Look at what its steps do to the process; the run can be retried.",
    ),
    ErrorCode(
        "dynamicRouter.rounds",
        "The expression of a `dynamicRouter` still gave flows when it had been asked as often as it may be.",
        "Let it give nothing in the end, by what the flows leave in the message or by `slip.count`; or raise"
        " `maxRounds`.",
    ),
    ErrorCode(
        "flow.notAllowed",
        "A flow that a message names is none that the step may call.",
        "Name it, or a glob that takes it, in the step's `allow`.",
    ),
    ErrorCode(
        "flow.path",
        "What a message names as a flow is no path of one.",
        "Let the expression give paths as descriptors write them, `/shop/price.flow`: nothing in them is decoded.",
    ),
    ErrorCode(
        "loadBalance.correlation",
        "The `correlationExpression` of a `sticky` balancer has no value for a message.",
        "Name what each message has, or give a value in its place: `body.customer ? body.customer : 'none'`.",
        400,
    ),
    ErrorCode(
        "loop.count",
        "The `count` of a loop is not a whole number from 0.",
        "Correct the expression; `$number` makes a number of a text.",
    ),
    ErrorCode(
        "loop.tooMany",
        "A loop has, or would have, more rounds than its `maxRounds`.",
        "Correct the condition, so that it ends, or raise `maxRounds`.",
    ),
    ErrorCode(
        "scatterGather.replies",
        "Fewer flows than `minimum` have answered well when the time was over, or when all had ended.",
        "Raise `timeout`, or lower `minimum`; the run's record has the errors.",
        504,
    ),
    ErrorCode(
        "sort.values",
        "A list cannot be sorted: it is none, or its keys are of several kinds, or of one that has no order.",
        "Give keys that are all numbers, or all texts: `$string(body.id)`, `$number(body.price)`.",
    ),
    ErrorCode(
        "split.full",
        "A `split` has more items than its `aggregate` may keep results of.",
        "Raise `maxResults`, or leave `aggregate` out and write what comes of each item where it belongs.",
        413,
    ),
    ErrorCode(
        "flow.tooMany",
        "A message names more flows than a step runs for one message.",
        "Send it in pieces (`split`), or name one flow that does the rest.",
    ),
    ErrorCode(
        "stream.used",
        "A body that comes item by item, and can be read only once, was to be read again or copied.",
        "Give it to one `split` or `loop`, or read it without streaming where it is needed as a whole.",
    ),
    ErrorCode(
        "resequence.full",
        "As many messages wait for those in front of them as a `resequence` may have.",
        "Raise `capacity`, or have further messages wait (`whenFull`).",
        503,
    ),
    ErrorCode(
        "resequence.message",
        "A message cannot be kept: it is too large, or holds what cannot be stored.",
        "Raise `maxMessageSize`, or make its body and properties plain data first.",
        413,
    ),
    ErrorCode(
        "resequence.old",
        "A message comes when those behind it have been delivered already.",
        "Send it earlier, raise `gapTimeout`, or leave `rejectOld` out.",
        409,
    ),
    ErrorCode(
        "resequence.value",
        "A message has no value that it could be put in order by.",
        "Send what `expression` reads, or set `ignoreInvalidExchanges`.",
        400,
    ),
    ErrorCode(
        "idempotent.full",
        "As many keys are kept in memory as an `idempotent` may have.",
        "Raise `maxKeys`, shorten `ttl`, let the oldest go (`whenFull`), or keep keys in the durable store.",
        503,
    ),
    ErrorCode(
        "idempotent.inFlight",
        "A message came while another one with its key, or a step around this one, holds it.",
        "Come again later; the step may wait for the first one instead (`inFlight`).",
        409,
    ),
    ErrorCode(
        "idempotent.key",
        "The `key` of an `idempotent` gave nothing that tells messages apart.",
        "Correct the expression, or skip the step by `when` for messages without a key.",
        400,
    ),
    ErrorCode(
        "saga.action",
        "An action that is to be undone is not in this version of the saga.",
        "Give the action of that name back to the saga, then retry the run; or retry it on the version that it ran.",
    ),
    ErrorCode("saga.busy", "A process is at work on the saga.", "Retry the run when that has ended.", 409),
    ErrorCode(
        "saga.lost",
        "Another process has taken over a saga, as this one did not answer for a while.",
        "That one undoes what was done; look why this one stood still.",
        503,
    ),
    ErrorCode(
        "saga.options",
        "The options of an action cannot be kept: they are too large, or hold what cannot be stored.",
        "Keep what names the thing to undo, such as an id, and not the thing.",
    ),
    ErrorCode(
        "saga.parked",
        "A saga has failed, and what it did is not undone: a compensation failed each time that it was tried.",
        "Mend what the compensation calls, then retry the failed run of the saga.",
    ),
    ErrorCode(
        "state.content",
        "What a pattern has kept cannot be read: the store was changed by something else.",
        "Look at who writes to the store; what stands there can be removed.",
    ),
    ErrorCode(
        "template.failed",
        "A value of the message is not what a template does something with.",
        "Look at the line that the message names; `|default` and `is defined` ask for what may be missing.",
    ),
    ErrorCode(
        "template.limit",
        "The rendering of a template takes too long, or makes too much text.",
        "Give the template less to go through, or `split` the message; `maxSize` bounds the text.",
    ),
    ErrorCode(
        "template.syntax",
        "A Jinja template does not compile, or names what templates do not have.",
        "Look at the place that the message names.",
    ),
    ErrorCode(
        "template.undefined",
        "A template with `strict` names what the message does not have, or any one computes with it.",
        "Ask by `is defined`, or give a value by `|default`.",
    ),
    ErrorCode(
        "throttle.correlation",
        "The `correlation` of a `throttle` gave no key for a message.",
        "Correct the expression, or skip the step by `when` for messages without a key.",
        400,
    ),
    ErrorCode(
        "throttle.full",
        "As many messages wait in a `throttle` as may, or it has as many keys in use as it may have.",
        "Come again later; raise `maxPending` or `maxKeys`, or choose another `whenFull`.",
        503,
    ),
    ErrorCode(
        "throttle.rejected",
        "A message came beyond what a `throttle` lets pass.",
        "Come again after `Retry-After` seconds; raise the limit, or leave `rejectExecution` out to wait.",
        429,
    ),
    ErrorCode(
        "state.unavailable",
        "What a pattern keeps between messages cannot be read or written now.",
        "Look at the message: the database does not answer, or is full. It works again when the database does.",
        503,
    ),
    ErrorCode(
        "state.unreadable",
        "What a pattern kept was sealed with a key that is not at hand, or was altered since.",
        "Give all nodes of an installation one `AIRDOCK_SECRET_KEY`; put back the `seal.key` that was there.",
    ),
    ErrorCode(
        "validate.failed",
        "A message does not fit what a `validate` step asks of it.",
        "The error's `details.errors` says where; whoever sends the message must mend it, or the schema is wrong.",
        400,
    ),
    ErrorCode(
        "wireTap.full",
        "As many copies of messages are under way as a `wireTap` may have.",
        "Raise `maxPending`, or choose another `whenFull`.",
        503,
    ),
)
