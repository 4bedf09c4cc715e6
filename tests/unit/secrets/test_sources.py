import os
from pathlib import Path

import pytest

from airdock.secrets.errors import SecretsError
from airdock.secrets.sources import EnvironmentSecrets, FolderSecrets
from airdock.secrets.values import LARGEST


def test_variables_are_secrets() -> None:
    environment = {
        "AIRDOCK_SECRET_SHOP_TOKEN": "t",
        "AIRDOCK_SECRET_EMPTY": "",
        "AIRDOCK_SECRET_KEY": "k" * 32,
        "AIRDOCK_SECRET_": "no name",
        "AIRDOCK_SECRETS_FOLDER": "/run/secrets",
        "PATH": "/bin",
    }
    secrets = EnvironmentSecrets(environment)
    assert secrets.names() == ["shop_token"]
    assert secrets.read("Shop.Token") == secrets.read("shop-token") == "t"
    assert secrets.read("empty") is None
    assert secrets.read("other") is None


def test_files_are_secrets_as_container_platforms_mount_them(tmp_path: Path) -> None:
    data = tmp_path / "..data"
    data.mkdir()
    (data / "shop.token").write_text("t\n")
    (tmp_path / "shop.token").symlink_to(Path("..data") / "shop.token")
    (tmp_path / "folder").mkdir()
    secrets = FolderSecrets(tmp_path)
    assert secrets.names() == ["shop.token"]
    assert secrets.has("shop.token")
    assert secrets.read("shop.token") == "t"
    assert secrets.read("folder") is None
    assert secrets.read("other") is None
    (data / "shop.token").write_text("new")
    assert secrets.read("shop.token") == "new"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"\n", "empty"), (b"\xff", "UTF-8"), (b"x" * (LARGEST + 1), "more than"), (b"x" * 99999, "more")],
)
def test_file_that_holds_no_value_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(SecretsError, match=reason) as caught:
        FolderSecrets(tmp_path).read("token")
    assert caught.value.code == "secrets.file"


def test_largest_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"x" * LARGEST + b"\n")
    assert FolderSecrets(tmp_path).read("token") == "x" * LARGEST


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    secrets = FolderSecrets(tmp_path / "none")
    for use in (secrets.names, lambda: secrets.read("token")):
        with pytest.raises(SecretsError) as caught:
            use()
        assert caught.value.code == "secrets.file"


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "token")
    assert FolderSecrets(tmp_path).read("token") is None
