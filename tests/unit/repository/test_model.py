"""The repository does what a few dictionaries would do, whatever the order of calls."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from airdock.database import Database
from airdock.repository import InRegistry, InSandbox, InWorkspace, Repository, RepositoryError
from tests.unit.repository.emptying import empty

USERS = st.sampled_from(["ann", "bob"])
PATHS = st.sampled_from(["a.flow", "b.flow", "lib/c.py"])
CONTENTS = st.sampled_from([b"", b"1", b"2", b"longer " * 40])
FILES = st.dictionaries(PATHS, CONTENTS, max_size=3)
KNOWN_NUMBERS = st.integers(1, 6)

Files = dict[str, bytes]


class RepositoryMachine(RuleBasedStateMachine):
    """One project, two users."""

    repository: Repository

    def __init__(self) -> None:
        super().__init__()
        self.drafts: dict[str, tuple[Files, int | None]] = {}
        self.sandboxes: dict[str, Files] = {}
        self.releases: list[Files | None] = []

    @property
    def current(self) -> Files | None:
        return self.releases[-1] if self.releases else None

    @rule(user=USERS, files=FILES)
    def replace(self, user: str, files: Files) -> None:
        base = len(self.releases) or None
        self.repository.workspaces.replace(user, "shop", files, base)
        self.drafts[user] = (files, base)

    @rule(user=USERS, path=PATHS, content=CONTENTS)
    def write(self, user: str, path: str, content: bytes) -> None:
        if user not in self.drafts:
            self.refused("repository.notFound", "write", user, path, content)
            return
        self.repository.workspaces.write(user, "shop", path, content)
        files, base = self.drafts[user]
        self.drafts[user] = ({**files, path: content}, base)

    @rule(user=USERS, path=PATHS)
    def delete(self, user: str, path: str) -> None:
        files, base = self.drafts.get(user, ({}, None))
        if path not in files:
            self.refused("repository.notFound", "delete", user, path)
            return
        self.repository.workspaces.delete(user, "shop", path)
        self.drafts[user] = ({name: content for name, content in files.items() if name != path}, base)

    @rule(user=USERS, number=KNOWN_NUMBERS)
    def checkout(self, user: str, number: int) -> None:
        if number > len(self.releases):
            self.refused("repository.notFound", "checkout", user, number)
            return
        self.repository.workspaces.checkout(user, "shop", number)
        self.drafts[user] = (self.releases[number - 1] or {}, number)

    @rule(user=USERS)
    def activate(self, user: str) -> None:
        if user in self.drafts:
            self.repository.sandboxes.activate("shop", user)
            self.sandboxes[user] = self.drafts[user][0]

    @rule(user=USERS)
    def publish(self, user: str) -> None:
        if user not in self.drafts:
            return
        files, base = self.drafts[user]
        last = len(self.releases)
        try:
            published = self.repository.registry.publish("shop", user, "")
        except RepositoryError as error:
            expected = "repository.stale" if files else "repository.invalid"
            assert (error.code, files != self.current) == (expected, True)  # noqa: PT017
            assert not files or (base or 0) != last
            return
        if published.made:
            assert files != self.current
            assert (base or 0) == last
            self.releases.append(files)
        else:
            assert files == self.current
        self.drafts[user] = (files, len(self.releases))
        assert published.release == len(self.releases)

    @rule(number=KNOWN_NUMBERS)
    def rollback(self, number: int) -> None:
        files = self.releases[number - 1] if number <= len(self.releases) else None
        try:
            published = self.repository.registry.rollback("shop", number, "ann", "")
        except RepositoryError as error:
            assert (error.code, files) == ("repository.notFound", None)  # noqa: PT017
            return
        assert published.made == (files != self.current)
        if published.made:
            self.releases.append(files)

    @rule()
    def unpublish(self) -> None:
        if self.current is not None:
            self.repository.registry.unpublish("shop", "ann", "")
            self.releases.append(None)

    @rule()
    def collect_garbage(self) -> None:
        self.repository.collect_garbage(keep=0)

    @invariant()
    def is_as_the_model(self) -> None:
        workspaces, registry = self.repository.workspaces, self.repository.registry
        for user, (files, base) in self.drafts.items():
            assert self.repository.contents(InWorkspace(user, "shop")) == files
            assert workspaces.base(user, "shop") == base
        for user, files in self.sandboxes.items():
            assert self.repository.contents(InSandbox(user, "shop")) == files
        for number, released in enumerate(self.releases, 1):
            assert self.repository.contents(InRegistry("shop", number)) == (released or {})
        assert registry.current("shop") == (len(self.releases) if self.current is not None else None)
        snapshot = self.repository.snapshot()
        assert bool(snapshot.registry) == (self.current is not None)
        assert {user for user, _ in snapshot.sandboxes} == set(self.sandboxes)

    def refused(self, code: str, method: str, user: str, *arguments: Any) -> None:
        with pytest.raises(RepositoryError) as caught:
            getattr(self.repository.workspaces, method)(user, "shop", *arguments)
        assert caught.value.code == code


@pytest.mark.slow
def test_repository_does_what_the_model_does(migrated: Database) -> None:
    class Machine(RepositoryMachine):
        @initialize()
        def begin(self) -> None:
            empty(migrated)
            self.repository = Repository(migrated)

    run_state_machine_as_test(Machine, settings=settings(max_examples=15, stateful_step_count=25))
