from collections.abc import Awaitable
from typing import Any

from airdock.branch import branch_of
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.step import Compiled, Compiler
from airdock.steps.branches.addresses import (
    ALLOW,
    DELIMITER,
    EXPRESSION,
    IGNORE_INVALID_ENDPOINTS,
    addresses,
    check_delimiter,
)
from airdock.steps.branches.branching import Branch, Branching, BranchingStep
from airdock.steps.branches.gathering import Latest


class RecipientList(BranchingStep):
    """Sends a copy of the message through each flow of a list that the message itself makes: Camel's recipient list.

    The list is computed for each message. Each flow has the message as it is in front of the step; what they write to
    the answer is put together in the order of the list, a flow that stands there twice runs twice, and the body behind
    the step is what `aggregate` makes of theirs; left out, that of the last one. For the strategy `object` a flow's
    name is its path, as the message has it. Where nothing is named, the message goes on as it is. Errors in the flows
    are dealt with as [multicast](multicast.md) does, which differs in nothing but the list.

    A message reaches only flows of the flow's own project, or those that `allow` takes. A path counts as it is written:
    nothing in it is decoded or resolved, so that `..`, `%2e` or the name of a sandbox lead nowhere. All that a message
    names is looked up before the first flow runs: what is no path is an error `flow.path`, what must not be called
    `flow.notAllowed`, what is not there `flow.missing`; `ignoreInvalidEndpoints` passes them over. A message may name
    1,000 flows, more are an error `flow.tooMany`.
    """

    type = "recipientList"
    group = "routing"
    default_aggregate = Latest
    example = {
        "type": "recipientList",
        "expression": "body.notify",
        "parallel": True,
        "allow": ["/shop/notify/*.flow", "/audit/log.flow"],
    }

    expression: Expression = EXPRESSION
    delimiter: str | bool = DELIMITER
    ignore_invalid_endpoints: bool = IGNORE_INVALID_ENDPOINTS
    allow: list[str] = ALLOW

    @property
    def reads_body(self) -> bool:
        return True

    def compile(self, compiler: Compiler) -> Compiled:
        named, branch = addresses(self, compiler), compiler.branch
        branching = Branching(self, compiler)

        def send(exchange: Exchange) -> Awaitable[None] | None:
            flows = named(exchange)
            if not flows:
                return None
            return branching.run(exchange, (Branch(branch(call), branch_of(exchange), path) for path, call in flows))

        return send

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        return [*super().check(element), *check_delimiter(element)]
