"""Memory of a worker over very many calls of another service. `python -m benchmarks.endurance`."""

import argparse
from math import ceil

from benchmarks.calling import calling
from benchmarks.footprint import resident_of_workers
from benchmarks.load import Row, requests_per_second, require_wrk

_ROW = Row("a call over HTTP", "call", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=10, help="after each of which the memory is looked at")
    options = parser.parse_args()
    require_wrk()
    with calling() as (_, address, process):
        rate, done = requests_per_second(address, _ROW, 5), 0.0
        print(f"{resident_of_workers(process):.1f} MB after {5 * rate:,.0f} calls that warm up")
        while done < options.calls:
            seconds = ceil(options.calls / options.parts / rate)
            rate = requests_per_second(address, _ROW, seconds)
            done += rate * seconds
            print(f"{resident_of_workers(process):.1f} MB after {done:,.0f} more, {rate:,.0f} a second")


if __name__ == "__main__":
    main()
