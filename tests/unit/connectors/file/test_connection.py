import sys
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.file.connection import FileConnection
from airdock.connectors.file.fake import FakeFiles
from airdock.connectors.file.stores.azure import AzureStore
from airdock.connectors.file.stores.s3 import S3Store
from airdock.connectors.file.stores.sftp import SftpStore
from airdock.connectors.file.stores.smb import SmbStore
from airdock.connectors.file.stores.store import STORES
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.opening import ConnectedFlows, opening

SECRET = {"secret": "s"}
WHOLE: dict[str, dict[str, Any]] = {
    "s3": {"bucket": "shop-orders", "accessKey": SECRET, "secretKey": SECRET},
    "webdav": {"url": "https://dav.example.com/files", "user": "shop", "password": SECRET},
    "azure": {"account": "shopdata", "container": "orders", "key": SECRET},
    "smb": {"host": "files.example.com", "share": "orders", "user": "SHOP\\ann", "password": SECRET},
    "zip": {"archive": "in/orders.zip"},
    "gcs": {"bucket": "shop-orders", "key": SECRET},
    "ftp": {"host": "files.example.com", "user": "shop", "password": SECRET},
    "sftp": {"host": "files.example.com", "hostKeys": ["ssh-ed25519 AAAA"], "user": "shop", "password": SECRET},
}
"""For each store fields that are enough."""


DAV = {"type": "webdav", **WHOLE["webdav"]}


@pytest.fixture
def flows(tmp_path: Path) -> ConnectedFlows:
    return ConnectedFlows(tmp_path)


def problems(flows: ConnectedFlows, **fields: Any) -> list[str]:
    flows.write("p/files.connection", {"type": "file", **fields})
    return [str(problem) for artefact in flows.client().agent.artefacts for problem in artefact.problems]


def test_every_store_is_tried_here() -> None:
    assert WHOLE.keys() == STORES.keys()


@pytest.mark.parametrize("store", STORES)
def test_stores_that_are_well_written(flows: ConnectedFlows, store: str) -> None:
    assert problems(flows, store={"type": store, **WHOLE[store]}) == []
    assert problems(flows, root="in/orders", store={"type": store, **WHOLE[store]}) == []


@pytest.mark.parametrize("store", STORES)
def test_a_field_that_a_store_has_not(flows: ConnectedFlows, store: str) -> None:
    (problem,) = problems(flows, store={"type": store, **WHOLE[store], "timeuot": "1s"})
    assert "no field 'timeuot'" in problem
    assert "did you mean 'timeout'" in problem


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "needs a `root`"),
        ({"store": {"type": "sfpt", **WHOLE["sftp"]}}, "did you mean"),
        ({"store": {"type": "sftp"}}, "`host`"),
        ({"root": "a/../b", "store": {"type": "sftp", **WHOLE["sftp"]}}, "no folder in a store"),
        ({"store": {"type": "sftp", **WHOLE["sftp"], "password": None}}, ""),
        ({"store": {"type": "sftp", **WHOLE["sftp"], "password": "open"}}, ""),
        ({"store": {"type": "sftp", **WHOLE["sftp"], "passphrase": SECRET}}, "`passphrase` opens a `key`"),
        ({"store": {"type": "sftp", **WHOLE["sftp"], "hostKeys": []}}, ""),
        ({"store": {"type": "ftp", "host": "a", "user": "shop"}}, "belong together"),
        (
            {"store": {"type": "ftp", "host": "a", "security": "none", "caFile": "/p/ca.pem"}},
            "`caFile` is of encryption",
        ),
        ({"store": {"type": "azure", **WHOLE["azure"], "sas": SECRET}}, "one of the two"),
        ({"store": {"type": "smb", **WHOLE["smb"], "share": "a/b"}}, "the name of a share"),
        ({"store": {"type": "webdav", "url": "https://u:p@dav.example.com"}}, "an address such as"),
        ({"store": {"type": "webdav", "url": "https://dav.example.com", "user": "shop"}}, "belong together"),
        ({"store": {**DAV, "token": SECRET}}, "one of the two"),
        ({"store": {"type": "s3", "bucket": "Shop Orders"}}, "the name of a bucket"),
        ({"store": {"type": "s3", "bucket": "shop", "accessKey": "AKIA"}}, "belong together"),
        ({"store": {"type": "s3", "bucket": "shop", "sessionToken": SECRET}}, "belongs to an `accessKey`"),
        ({"store": {"type": "s3", "bucket": "shop", "endpoint": "minio:9000"}}, "an address such as"),
        ({"store": {"type": "sftp", **WHOLE["sftp"], "hostKeys": ["any"]}}, "a public key"),
    ],
)
def test_what_is_refused(flows: ConnectedFlows, fields: dict[str, Any], told: str) -> None:
    found = problems(flows, **fields)
    assert found
    assert told in "\n".join(found)


@pytest.mark.parametrize(
    ("store", "module", "package"),
    [
        (SftpStore(host="a", host_keys=[], user="a"), "remote.sftp", "asyncssh"),
        (SmbStore(host="a", share="a", user="a", password=Secret(secret="s")), "remote.smb", "smbclient"),
        (S3Store(bucket="shop"), "objects.s3", "aiobotocore"),
        (AzureStore(account="shop", container="shop"), "objects.azure", "azure"),
    ],
)
async def test_a_package_that_is_not_there(
    store: Any, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, f"airdock.connectors.file.{module}", raising=False)
    for name in [each for each in sys.modules if each.split(".")[0] == package] or [package]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(FlowError) as caught:
        await store.open(opening({"s": "s"}), "")
    extra = next(word for word, kind in STORES.items() if isinstance(store, kind))
    assert (caught.value.code, f"airdock[{extra}]" in caught.value.message) == ("connector.missing", True)


def test_the_fake_needs_no_store() -> None:
    assert isinstance(FileConnection(root="in").fake(), FakeFiles)
