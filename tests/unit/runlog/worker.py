"""A process that writes runs. Arguments: the home folder, how many runs, and what to do then: `close` or `wait`."""

import sys
import time
from pathlib import Path
from time import perf_counter_ns

from uuid_utils import uuid7

from airdock.errors import FlowError
from airdock.exchange import Exchange, Run
from airdock.runlog import RunLog, RunLogSettings


def main(home: str, count: str, then: str) -> None:
    log = RunLog(
        Path(home), settings=RunLogSettings(interval=0.001, failures=10**9, whole_failures=5, busy_timeout=30.0)
    )
    log.start()
    flow = log.flow("shop/orders.flow", "shop", "full")
    error = FlowError("step.failed", "it broke")
    for number in range(int(count)):
        flow.started()
        flow.ended(Exchange(Run(str(uuid7()), "shop/orders.flow")), perf_counter_ns(), None if number % 5 else error)
    if then == "close":
        print(log.close(), flush=True)
        return
    flow.started()
    print(log.flush(), flush=True)
    number = 0
    while True:
        number += 1
        flow.started()
        flow.ended(Exchange(Run(str(uuid7()), "shop/orders.flow")), perf_counter_ns(), None)
        if number % 100 == 0:
            time.sleep(0.001)


if __name__ == "__main__":
    main(*sys.argv[1:])
