"""A program that publishes one release after another until it is killed: `python publishing.py HOME [URL]`.

Every file of a release holds the release's number; it prints each number when the release is made.
"""

import sys
from pathlib import Path

from airdock.database import Database
from airdock.repository import Repository

FILES = 30


def files_of(release: int) -> dict[str, bytes]:
    return {f"{number}.flow": f"{release} {number}".encode() * 50 for number in range(FILES)}


def main(home: str, url: str = "") -> None:
    repository = Repository(Database(Path(home), url))
    last = repository.registry.current("shop") or 0
    while True:
        last += 1
        repository.workspaces.replace("ann", "shop", files_of(last), last - 1 or None)
        repository.sandboxes.activate("shop", "ann", check=lambda _: [])
        repository.registry.publish("shop", "ann", str(last), check=lambda _: [])
        print(last, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
