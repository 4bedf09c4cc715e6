"""Codes of reading descriptors and expressions."""

from airdock.codes.code import ErrorCode

DESCRIPTORS: tuple[ErrorCode, ...] = (
    # Reading descriptors.
    ErrorCode("descriptor.syntax", "The file is not well-formed JSON or YAML.", "Mend the text at the place named."),
    ErrorCode("descriptor.encoding", "The file is not UTF-8 text.", "Save it as UTF-8."),
    ErrorCode("descriptor.type", "A value has the wrong type.", "Write a value of the type named."),
    ErrorCode("descriptor.value", "A value is outside what the field accepts.", "Use one of the values named."),
    ErrorCode("descriptor.unknownField", "A field has a name that this element does not have.", "Use a name listed."),
    ErrorCode("descriptor.unknownStep", "A step has a type that is not installed.", "`airdock steps` lists them."),
    ErrorCode(
        "descriptor.unknownConnection",
        "A connection has a type that is not installed.",
        "The message has the nearest one; all are in the reference of connections.",
    ),
    ErrorCode(
        "descriptor.unknownTrigger",
        "A listener has a trigger that is not installed.",
        "The message has the nearest one; all are in the reference of triggers.",
    ),
    ErrorCode("descriptor.missingField", "A field that must be there is missing.", "Add the field."),
    ErrorCode("descriptor.duplicate", "A name that must be unique is used twice.", "Rename one of the two."),
    ErrorCode("descriptor.unreadable", "The file cannot be read.", "Look at its owner, its mode and where it leads."),
    ErrorCode("descriptor.tooLarge", "The file is larger or nested deeper than allowed.", "Split it into sub-flows."),
    ErrorCode("descriptor.conflict", "Two fields exclude each other, or two files claim one address.", "Keep one."),
    ErrorCode(
        "descriptor.reference",
        "A module or flow that is named does not exist.",
        "Check the path; it begins with the project.",
    ),
    ErrorCode(
        "descriptor.secret",
        "A secret that is named is not there, or is not written as it must be.",
        "`airdock secrets set NAME` sets it.",
    ),
    ErrorCode(
        "descriptor.extra", "A library that the step needs is not installed.", "Install the extra of Airdock named."
    ),
    ErrorCode("descriptor.script", "A script module cannot be loaded.", "Mend the module at the place named."),
    # Expressions.
    ErrorCode(
        "expression.syntax", "An expression does not compile.", "Mend it at the place named; see the expressions page."
    ),
    ErrorCode(
        "expression.type",
        "An expression met a value of a type that it cannot work on.",
        "Test the value first, or convert it.",
    ),
    ErrorCode(
        "expression.limit",
        "An expression ran too long, too deep or made too large a value.",
        "Make it smaller, or use a script.",
    ),
)
