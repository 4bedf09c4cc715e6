"""Codes of programs that flows run."""

from airdock.codes.code import ErrorCode

COMMANDS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.command.unknown",
        "A flow runs a command that the installation does not allow.",
        "Ask the operator to add it to the file of the setting `commands`.",
    ),
    ErrorCode(
        "connector.command.argument",
        "A command does not take an argument, or so many of them.",
        "Give texts, numbers or booleans that fit what the installation's file of commands says: `maxArguments`,"
        " `pattern`, `options`.",
        400,
    ),
    ErrorCode(
        "connector.command.input",
        "What a command is to read cannot be written out.",
        "Give bytes, a text, or a value that JSON has; what comes item by item is put together before.",
    ),
    ErrorCode(
        "connector.command.start",
        "A program cannot be started.",
        "The message has the system's own words: look at `program` and `folder` of the command.",
    ),
    ErrorCode(
        "connector.command.status",
        "A program ended with a status that is not among `expect`.",
        "The message has the end of what it wrote on standard error; `details.exitStatus` is the status.",
        502,
    ),
    ErrorCode(
        "connector.command.tooLarge",
        "A program wrote more than the command allows, and was ended.",
        "Let it write less, or raise `maxOutput` of the command.",
    ),
    ErrorCode(
        "connector.command.encoding",
        "The output of a program is not in the charset that `encoding` names.",
        "Name its charset, or take it as `binary`.",
    ),
)
