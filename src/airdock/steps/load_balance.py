from collections.abc import Awaitable
from typing import Any

from airdock.branch import branch_of
from airdock.exchange import Exchange
from airdock.expressions import Expression
from airdock.spec.error_filter import ErrorFilter
from airdock.spec.fields import REQUIRED, field
from airdock.spec.flow import SubFlow
from airdock.spec.kinds import Boolean, Choice, Integer, ListOf, Text
from airdock.spec.kinds import Expression as ExpressionKind
from airdock.spec.step import Compiled, Compiler, Resuming, Step, changed
from airdock.steps.branches.balancers import Choose, in_turn, random_one, sticky, weighted
from airdock.steps.branches.failover import Failover
from airdock.steps.branches.gathering import Original
from airdock.steps.branches.running import Branch, Conduct, Running
from airdock.steps.branches.several_flows import FLOWS, SeveralFlows, check_names, compiled_flows, names_of


class LoadBalance(Step):
    """Gives each message to one of several flows: Camel's load balancer.

    `strategy` says to which:

    * `roundRobin`: to each in turn. `random`: to any.
    * `weighted`: so that of each round of as many messages as the `distributionRatio` adds up to, each flow gets its
      share; at random, or in turn with `roundRobin`.
    * `sticky`: to the one that the value of `correlationExpression` stands for; the same value goes to the same flow,
      in each process and after a restart, as long as the number of flows stays the same.
    * `failover`: to the first; if that fails, to the next, and so on. With `roundRobin` each message begins with
      another flow, with `sticky` with the one that went well last, and both go around.
    * `topic`: to all, one after another, each with a copy; the message stays as it is, and an error ends the step.

    The flow has the message itself, as if its steps stood here. Only `failover` and `topic` give copies: what a flow
    did to the message or wrote before it failed is dropped, and the flow that went well hands on what it made of its
    copy. With `failover` errors do not reach the handlers of the flow before the last attempt has failed; its error is
    then the step's. Which flow is next, each process knows for itself.
    """

    type = "loadBalance"
    group = "routing"
    example = {
        "type": "loadBalance",
        "strategy": "failover",
        "on": ["http.5xx", "timeout"],
        "flows": ["/shop/north.flow", "/shop/south.flow"],
    }

    flows: SeveralFlows = field(
        FLOWS, "The flows: in place, or the paths of others.", default=REQUIRED, example=["/shop/north.flow"]
    )
    strategy: str = field(
        Choice(("roundRobin", "random", "weighted", "sticky", "failover", "topic")),
        "Which flow gets a message.",
        default="roundRobin",
    )
    distribution_ratio: list[int] | None = field(
        ListOf(Integer(0, 1000), 1), "`weighted`: the share of each flow, in their order.", example=[4, 2, 1]
    )
    correlation_expression: Expression | None = field(
        ExpressionKind(), "`sticky`: what goes to the same flow.", example="headers.customer"
    )
    round_robin: bool = field(Boolean(), "`weighted`, `failover`: the flows take turns.", default=False)
    sticky: bool = field(Boolean(), "`failover`: begins with the flow that went well last.", default=False)
    on: list[str] | None = field(
        ListOf(Text()),
        "`failover`: error codes or globs on which the next flow is tried; all if left out.",
        example=["http.5xx", "timeout"],
    )
    maximum_failover_attempts: int | None = field(
        Integer(0, 1000), "`failover`: so many further flows are tried; each once if left out.", example=2
    )

    begun: SubFlow | None = None
    """What is left of the flow in which a run goes on."""

    @property
    def reads_body(self) -> bool:
        return self.strategy in ("failover", "topic")

    def compile(self, compiler: Compiler) -> Compiled:
        if self.begun is not None:
            return compiler.flow(self.begun)
        flows = compiled_flows(self, self.flows, compiler, guarded=self.strategy == "failover")
        if self.strategy == "failover":
            return self._failover(flows)
        if self.strategy == "topic":
            return self._topic(flows, compiler)
        choose = self._choose(len(flows))

        def balance(exchange: Exchange) -> Awaitable[None] | None:
            return flows[choose(exchange)](exchange)

        return balance

    def _choose(self, number: int) -> Choose:
        if self.strategy == "weighted" and self.distribution_ratio is not None:
            return weighted(self.distribution_ratio, self.round_robin)
        if self.strategy == "sticky" and self.correlation_expression is not None:
            return sticky(self.correlation_expression, number)
        return random_one(number) if self.strategy == "random" else in_turn(number)

    def _failover(self, flows: list[Compiled]) -> Compiled:
        most = len(flows) - 1 if self.maximum_failover_attempts is None else self.maximum_failover_attempts
        errors = ErrorFilter(tuple(self.on or ()), None)
        return Failover(self.path, flows, errors, most, self.round_robin, self.sticky).run

    def _topic(self, flows: list[Compiled], compiler: Compiler) -> Compiled:
        branches = [(compiler.branch(flow), name) for flow, name in zip(flows, names_of(self.flows), strict=True)]
        conduct = Conduct(self.path, 1, True, None, compiler.clock, Original, _keep)

        def send(exchange: Exchange) -> Awaitable[None] | None:
            return Running(conduct, exchange).run(Branch(run, branch_of(exchange), name) for run, name in branches)

        return send

    def resumed(self, inside: Resuming) -> "LoadBalance | None":
        if self.reads_body:
            return None
        for flow in self.flows:
            if isinstance(flow, SubFlow) and (rest := inside.rest(flow.steps)):
                return changed(self, begun=changed(flow, properties={}, steps=rest))
        return None

    @classmethod
    def check(cls, element: Any) -> list[tuple[str, str]]:
        broken = check_names(element.flows)
        ratio, strategy = element.distribution_ratio, element.strategy
        if (ratio is not None) != (strategy == "weighted"):
            broken.append(("distributionRatio", "`weighted`, and no other strategy, needs `distributionRatio`"))
        elif ratio is not None and len(ratio) != len(element.flows):
            broken.append(("distributionRatio", f"there are {len(element.flows)} flows and {len(ratio)} shares"))
        elif ratio is not None and not any(ratio):
            broken.append(("distributionRatio", "one of the shares must be more than 0"))
        if (element.correlation_expression is not None) != (strategy == "sticky"):
            broken.append(("correlationExpression", "`sticky`, and no other strategy, needs `correlationExpression`"))
        if element.round_robin and strategy not in ("weighted", "failover"):
            broken.append(("roundRobin", f"`{strategy}` does not use `roundRobin`; it goes with weighted and failover"))
        for name, value in (
            ("sticky", element.sticky),
            ("on", element.on),
            ("maximumFailoverAttempts", element.maximum_failover_attempts),
        ):
            if strategy != "failover" and value not in (None, False):
                broken.append((name, f"`{name}` goes with the strategy `failover`"))
        return broken


def _keep(exchange: Exchange, value: Any) -> None:
    """The message stays as it is."""
