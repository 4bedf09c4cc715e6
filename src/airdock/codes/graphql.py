"""Codes of GraphQL."""

from airdock.codes.code import ErrorCode

GRAPHQL: tuple[ErrorCode, ...] = (
    ErrorCode(
        "connector.graphql.errors",
        "A GraphQL service answered with errors.",
        "`details.errors` has them, with the service's own words; `errors` of the step takes those beside data.",
        502,
    ),
    ErrorCode(
        "connector.graphql.variables",
        "The variables of a GraphQL document are no object.",
        "Make an object in front of the step.",
    ),
)
