"""Codes of flows and steps while they run."""

from airdock.codes.code import ErrorCode

RUNS: tuple[ErrorCode, ...] = (
    # Steps.
    ErrorCode(
        "step.timeout", "A step ran longer than its `timeout`.", "Raise the timeout or make the step faster.", 504
    ),
    ErrorCode(
        "step.value", "A value that a step computed cannot be used.", "Correct the expression of the field named."
    ),
    ErrorCode("step.failed", "A step failed in a way that has no code of its own.", "The run's record has the cause."),
    ErrorCode(
        "flow.timeout", "The flow ran longer than its `timeout`.", "Raise the timeout or make the flow faster.", 504
    ),
    ErrorCode(
        "flow.depth",
        "Sub-flows are nested deeper or called more often than allowed; most often a flow calls itself without end.",
        "Give the recursion an end.",
    ),
    ErrorCode("flow.missing", "A sub-flow named by path is not enabled.", "Publish it, or correct the path."),
    ErrorCode("flow.cancelled", "The run was cut off before it ended.", "Run it again."),
    ErrorCode("script.error", "A script raised an error.", "Its message and line are in the run's record."),
    ErrorCode("script.timeout", "A script ran longer than allowed.", "Make it shorter, or raise its `timeout`.", 504),
    ErrorCode("script.memory", "A script used more memory than allowed.", "Work on smaller pieces."),
    ErrorCode(
        "script.module",
        "A module that a script requires does not exist.",
        "Check the path; it begins with the project.",
    ),
    ErrorCode(
        "script.result",
        "A script returned what cannot be carried on.",
        "Return text, bytes, or a value that JSON can hold.",
    ),
    ErrorCode("script.busy", "Too many scripts run at once.", "Try again; raise the limit of scripts.", 503),
    ErrorCode(
        "messaging.unavailable",
        "The script asked for messages and no message hub is running.",
        "Run a hub, or leave messaging out.",
    ),
    ErrorCode(
        "test.failed", "What came of a flow test is not what it expects.", "Mend the flow, or what the test expects."
    ),
    ErrorCode(
        "test.unexpectedCall",
        "In a flow test, no mock of what was called takes the call.",
        "Add a mock without `when`, or correct the conditions.",
    ),
    # Answers.
    ErrorCode("flow.notEnabled", "The flow's descriptor could not be compiled.", "Mend the problems listed.", 503),
    ErrorCode(
        "response.schema", "The answer does not fit the flow's `output` schema.", "Correct the flow or the schema."
    ),
    ErrorCode(
        "response.invalid",
        "The answer has a status or a header that HTTP does not allow.",
        "Correct the step that set it.",
    ),
    ErrorCode("internal", "Airdock itself failed.", "Report it with the run's id."),
)
