"""The revision of a folder in git."""

import shutil
import subprocess
from pathlib import Path

import pytest

from airdock.cli.project.revision import revision_of
from airdock.cli.project.state import NAME


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shop = tmp_path / "checkout" / "shop"
    shop.mkdir(parents=True)
    (shop / "order.flow").write_text("{}")
    git(shop.parent, "init", "-q")
    return shop


def test_a_commit_that_is_checked_out(checkout: Path) -> None:
    assert revision_of(checkout) == ""
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "first")
    head = git(checkout, "rev-parse", "HEAD")
    (checkout / NAME).write_text("{}")
    (checkout.parent / "elsewhere").write_text("not the project's")
    assert revision_of(checkout) == head
    (checkout / "order.flow").write_text("{ }")
    assert revision_of(checkout) == f"{head}-dirty"


def test_a_file_that_git_does_not_know_is_dirt_too(checkout: Path) -> None:
    git(checkout, "add", ".")
    git(checkout, "commit", "-qm", "first")
    (checkout / "new.flow").write_text("{}")
    assert revision_of(checkout).endswith("-dirty")


def test_outside_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert revision_of(tmp_path) == ""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert revision_of(tmp_path) == ""
