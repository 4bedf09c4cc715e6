"""The runner of pages: a page that tells the truth passes, one that does not fails with the line."""

from pathlib import Path

import pytest

from tests.docs.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    (tmp_path / "page").mkdir()
    (tmp_path / "Makefile").write_text("test:\n\tfalse\n")
    return Session(tmp_path, tmp_path / "page")


def test_blocks_run_in_order_in_one_folder(session: Session) -> None:
    session.page(
        '```text title="notes/a.txt"\nfirst\n```\n'
        "```console\n$ cd notes\n$ cat a.txt\nfirst\n$ cd missing/..\n```\n"
        '```python\nfrom pathlib import Path\nPath("b.txt").write_text("second")\n```\n'
        "```console\n$ cat b.txt\nsec…\n```\n"
    )
    assert (session.folder / "notes" / "b.txt").read_text() == "second"


def test_people_have_machines_of_their_own(session: Session) -> None:
    session.page(
        '```text title="ann/note.txt"\nhers\n```\n'
        '```console title="ann"\n$ cat note.txt; basename "$(dirname "$XDG_CONFIG_HOME")"\nhers\nann\n```\n'
        '```console title="bob"\n$ ls\n```\n'
        "```console\n$ ls\nann\nbob\n```\n"
    )


def test_another_output_than_shown_fails_with_the_line(session: Session) -> None:
    with pytest.raises(AssertionError, match=r"line 2: \$ echo one"):
        session.page("```console\n$ echo one\ntwo\n```\n")


def test_a_command_that_fails_fails(session: Session) -> None:
    with pytest.raises(AssertionError, match="line 2"):
        session.page("```console\n$ false\n```\n")


def test_a_failing_command_may_show_its_output(session: Session) -> None:
    session.page("```console\n$ echo problem; false\nproblem\n```\n")


def test_a_failing_command_fails_where_nothing_of_its_output_is_shown(session: Session) -> None:
    with pytest.raises(AssertionError, match="line 2"):
        session.page("```console\n$ ls nothing-there\n…\n```\n")


def test_a_program_that_fails_fails(session: Session) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        session.page("```python\n1 / 0\n```\n")


def test_data_is_checked(session: Session) -> None:
    seen: list[str] = []
    session.check = seen.append
    session.page('```json\n{"a": 1}\n```\n')
    assert seen == ['{"a": 1}\n']


def test_targets_of_make_exist(session: Session) -> None:
    session.page("```console\n$ make test\n```\n")
    with pytest.raises(AssertionError, match="make absent"):
        session.page("```console\n$ make absent\n```\n")


def test_files_stay_in_the_folder(session: Session) -> None:
    with pytest.raises(ValueError, match="outside"):
        session.page('```text title="../x"\n```\n')


def test_commands_that_change_the_machine_are_not_run(session: Session) -> None:
    session.page("```console\n$ git clone nowhere\n```\n")
