import io
import random
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from airdock.repository import InRegistry, InWorkspace, Repository, RepositoryError, read_zip, write_zip
from airdock.repository.archive import MAX_ENTRIES
from airdock.repository.bounds import MAX_FILE, MAX_FILES

NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=5).filter(
    lambda name: name.casefold() not in ("con", "prn", "aux", "nul")
)
FILES = st.dictionaries(NAMES.map(lambda name: f"f/{name}"), st.binary(max_size=300), max_size=5)


def made(build: Callable[[zipfile.ZipFile], object]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        build(archive)
    return stream.getvalue()


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    return info


def refusal(archive: bytes) -> str:
    with pytest.raises(RepositoryError) as caught:
        read_zip(archive)
    return caught.value.code


def test_export_and_import_keep_everything(repository: Repository) -> None:
    files = {
        "a.flow": b'{"steps": []}',
        "IntegrationServices/größe.flow.yaml": b"steps: []\n",
        unicodedata.normalize("NFD", "lib/é.py"): b"# \xff\x00 bytes\r\n",
        ".gitignore": b"",
        "zeros": bytes(MAX_FILE),
        "noise": random.Random(1).randbytes(100_000),
        "inner.zip": write_zip({"a": b"1"}),
    }
    repository.registry.publish_files("shop", files, "ann", "")
    archive = repository.export_zip(InRegistry("shop"))
    assert read_zip(archive) == files
    repository.workspaces.replace("bob", "shop", read_zip(archive), 1)
    assert repository.export_zip(InWorkspace("bob", "shop")) == archive


@given(FILES)
@example({})
def test_archive_is_the_same_for_the_same_files(files: dict[str, bytes]) -> None:
    archive = write_zip(files)
    assert write_zip(dict(reversed(files.items()))) == archive
    try:
        assert read_zip(archive) == files
    except RepositoryError as error:
        assert error.code == "repository.name"  # noqa: PT017 -- names that only case tells apart


def test_folders_in_an_archive_are_passed_over() -> None:
    def build(archive: zipfile.ZipFile) -> None:
        archive.mkdir("lib")
        archive.writestr("lib/a.py", "1")

    assert read_zip(made(build)) == {"lib/a.py": b"1"}


def test_name_without_the_mark_of_utf_8_is_read_as_utf_8() -> None:
    archive = made(lambda archive: archive.writestr("gröe", "1"))
    unmarked = archive.replace("gröe".encode(), b"gr\xc3\xb6e")
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = unmarked.index(signature) + offset
        unmarked = unmarked[:at] + b"\0\0" + unmarked[at + 2 :]
    assert read_zip(unmarked) == {"gröe": b"1"}
    assert refusal(unmarked.replace(b"gr\xc3\xb6e", b"gr\xff\xffe")) == "repository.archive"


@pytest.mark.parametrize(
    "name",
    [
        "../up.flow",
        "/etc/passwd",
        "a/../../b",
        "..\\up.flow",
        "C:\\x",
        "C:/x",
        "a\0.flow",
        "con",
        "a//b",
        "./a",
        "\u202ea",
    ],
)
def test_name_that_leads_out_or_astray_is_refused(name: str) -> None:
    assert refusal(made(lambda archive: archive.writestr(entry(name), "1"))) == "repository.name"


def test_file_without_a_name_is_refused() -> None:
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, 46, 30, 0)
    assert refusal(b"PK\x03\x04" + bytes(26) + b"PK\x01\x02" + bytes(42) + end) == "repository.name"


@pytest.mark.parametrize("names", [("a", "A"), ("a", "a/b"), ("é", unicodedata.normalize("NFD", "é"))])
def test_names_that_collide_are_refused(names: tuple[str, str]) -> None:
    def build(archive: zipfile.ZipFile) -> None:
        for name in names:
            archive.writestr(entry(name), "1")

    assert refusal(made(build)) == "repository.name"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_file_that_is_there_twice_is_refused() -> None:
    def build(archive: zipfile.ZipFile) -> None:
        archive.writestr("a.flow", "good")
        archive.writestr("a.flow", "bad")

    assert refusal(made(build)) == "repository.archive"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR])
def test_what_is_no_file_is_refused(kind: int) -> None:
    assert (
        refusal(made(lambda archive: archive.writestr(entry("a", kind | 0o777), "/etc/passwd"))) == "repository.archive"
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_uncommon_packing_is_refused(method: int) -> None:
    assert refusal(made(lambda archive: archive.writestr("a", "1", method))) == "repository.archive"


def test_encrypted_file_is_refused() -> None:
    archive = made(lambda archive: archive.writestr("a", "1"))
    at = archive.index(b"PK\x01\x02") + 8
    assert refusal(archive[:at] + b"\x01" + archive[at + 1 :]) == "repository.archive"


def test_bomb_is_refused_while_it_is_unpacked() -> None:
    def build(archive: zipfile.ZipFile) -> None:
        for number in range(20):
            archive.writestr(str(number), bytes(MAX_FILE))

    bomb = made(build)
    assert len(bomb) < 100_000
    assert refusal(bomb) == "repository.tooLarge"


def test_file_that_is_larger_than_its_header_says_is_refused() -> None:
    archive = made(lambda archive: archive.writestr("a", bytes(MAX_FILE + 1)))
    size = (MAX_FILE + 1).to_bytes(4, "little")
    assert refusal(archive) == "repository.tooLarge"
    assert refusal(archive.replace(size, (10).to_bytes(4, "little"))) in ("repository.archive", "repository.tooLarge")


def test_too_many_files_are_refused() -> None:
    def build(archive: zipfile.ZipFile) -> None:
        for number in range(MAX_FILES + 1):
            archive.writestr(str(number), b"")

    assert refusal(made(build)) == "repository.tooLarge"
    assert refusal(b"PK\x01\x02" * (MAX_ENTRIES + 1)) == "repository.tooLarge"


@pytest.mark.parametrize("archive", [b"", b"PK", b"no archive", b"PK\x05\x06" + bytes(17), zlib.compress(b"1")])
def test_what_is_no_archive_is_refused(archive: bytes) -> None:
    assert refusal(archive) == "repository.archive"


@given(st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 60))
def test_altered_archive_is_read_right_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    archive = bytearray(write_zip({"a/b.flow": b'{"steps": []}' * 20, "é": b"stored", "empty": b""}))
    for at, byte in changes:
        archive[at % len(archive)] = byte
    try:
        files = read_zip(bytes(archive[: len(archive) - cut]) if cut > 50 else bytes(archive))
    except RepositoryError:
        return
    assert all(isinstance(content, bytes) for content in files.values())
