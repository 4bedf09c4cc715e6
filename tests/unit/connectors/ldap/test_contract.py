"""What directories promise: a server over a real socket, and the fake of tests."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from airdock.connectors.ldap.connection import LdapConnection
from airdock.connectors.ldap.directory import Directory, Entry, Search
from airdock.connectors.ldap.fake import FakeDirectory
from airdock.connectors.ldap.filters import Filter
from airdock.errors import FlowError
from airdock.spec.connection import Secret
from tests.unit.connectors.ldap.server import ADMIN, BASE, PASSWORD, DirectoryServer
from tests.unit.connectors.opening import opening

PEOPLE = f"ou=people,{BASE}"
ANN = f"uid=ann,{PEOPLE}"


def connection(server: DirectoryServer, **fields: Any) -> LdapConnection:
    given = {"security": "none", "user": ADMIN, "password": Secret(secret="admin"), "timeout": 20.0, **fields}
    return LdapConnection(host="127.0.0.1", port=server.port, base=BASE, **given)


@pytest.fixture(params=["server", "fake"])
async def directory(request: pytest.FixtureRequest) -> AsyncIterator[Directory]:
    """A directory with one person in it."""
    if request.param == "fake":
        fake = FakeDirectory(BASE)
        await filled(fake)
        yield fake
        return
    async with DirectoryServer().serving() as server:
        client: Any = await connection(server).connect(opening({"admin": PASSWORD}))
        try:
            await filled(client)
            yield client
        finally:
            await client.close()


async def filled(directory: Directory) -> None:
    await directory.add(PEOPLE, {"objectClass": [b"organizationalUnit"], "ou": [b"people"]})
    await directory.add(
        ANN,
        {"objectClass": [b"person"], "uid": [b"ann"], "cn": [b"Ann (A*) B"], "mail": [b"ann@example.com", b"a@b.org"],
         "userPassword": [b"s3cret"], "photo": [b"\xff\x00\xfe"], "employeeNumber": [b"17"]},
    )  # fmt: skip


async def find(
    directory: Directory, filter: str, base: str = BASE, scope: str = "subtree", most: int = 100, **values: Any
) -> list[Entry]:
    return await directory.search(Search(base, scope, Filter(filter).bound(values), ("uid",), most))


async def names(directory: Directory, filter: str, **rest: Any) -> list[str]:
    return sorted(each.dn.lower() for each in await find(directory, filter, **rest))


async def code_of(work: Any) -> str:
    with pytest.raises(FlowError) as raised:
        await work
    return raised.value.code


async def test_it_gives_a_sign_of_life(directory: Directory) -> None:
    await directory.check()


async def test_an_entry_is_found_with_all_that_it_has(directory: Directory) -> None:
    (found,) = await directory.search(Search(BASE, "subtree", Filter("uid=ann").node, (), 10))
    assert found.dn == ANN
    assert sorted(found.attributes["mail"]) == [b"a@b.org", b"ann@example.com"]
    assert found.attributes["photo"] == [b"\xff\x00\xfe"]
    (found,) = await find(directory, "(uid=ann)")
    assert found.attributes == {"uid": [b"ann"]}


@pytest.mark.parametrize(
    ("filter", "fits"),
    [
        ("(uid=ANN)", True),
        ("(uid=bob)", False),
        ("(mail=*)", True),
        ("(phone=*)", False),
        ("(mail=ann@*)", True),
        ("(mail=*@EXAMPLE.com)", True),
        ("(cn=a*a*b)", True),
        ("(cn=b*)", False),
        (r"(cn=ann \28a\2a\29 b)", True),
        ("(&(uid=ann)(mail=a@b.org))", True),
        ("(&(uid=ann)(mail=x))", False),
        ("(|(uid=bob)(mail=a@b.org))", True),
        ("(&(uid=ann)(!(mail=x)))", True),
    ],
)
async def test_filters(directory: Directory, filter: str, fits: bool) -> None:
    assert await names(directory, filter) == ([ANN] if fits else [])


@pytest.mark.parametrize("hostile", ["*", "ann*", "ann)(uid=*", r"\2a", "x)(|(uid=*))", "a\0b", "ä(*)", "  ann"])
async def test_a_value_is_never_more_than_a_value(directory: Directory, hostile: str) -> None:
    assert await names(directory, "(uid=:user)", user=hostile) == []
    await directory.modify(ANN, {"replace": {"cn": [hostile.encode()]}})
    assert await names(directory, "(cn=:cn)", cn=hostile) == [ANN]


async def test_where_it_looks(directory: Directory) -> None:
    assert await names(directory, "(objectClass=*)", base=PEOPLE) == [PEOPLE, ANN]
    assert await names(directory, "(objectClass=*)", base=PEOPLE, scope="children") == [ANN]
    assert await names(directory, "(objectClass=*)", base=PEOPLE, scope="entry") == [PEOPLE]


async def test_more_than_are_wanted(directory: Directory) -> None:
    assert await code_of(find(directory, "(objectClass=*)", base=PEOPLE, most=1)) == "connector.ldap.tooMany"


async def test_comparing(directory: Directory) -> None:
    assert await directory.compare(ANN, "mail", b"a@b.org") is True
    assert await directory.compare(ANN, "mail", b"x") is False


async def test_passwords(directory: Directory) -> None:
    assert await directory.bind(ANN, "s3cret") is True
    for dn, password in ((ANN, "wrong"), (ANN, ""), (f"uid=none,{BASE}", "s3cret"), (PEOPLE, "x")):
        assert await directory.bind(dn, password) is False
    # Whose password was looked at is not as whom the connection goes on.
    assert await names(directory, "(uid=ann)") == [ANN]


async def test_an_entry_is_changed(directory: Directory) -> None:
    await directory.modify(ANN, {"replace": {"employeeNumber": [b"18"]}, "add": {"mail": [b"new@b.org"]}})
    await directory.modify(ANN, {"delete": {"mail": [b"a@b.org"], "photo": []}})
    (found,) = await directory.search(Search(ANN, "entry", Filter("(objectClass=*)").node, (), 1))
    assert found.attributes["employeeNumber"] == [b"18"]
    assert sorted(found.attributes["mail"]) == [b"ann@example.com", b"new@b.org"]
    assert "photo" not in found.attributes


async def test_an_entry_is_removed(directory: Directory) -> None:
    await directory.delete(ANN)
    assert await names(directory, "(uid=ann)") == []


async def test_an_entry_whose_name_has_everything_in_it(directory: Directory) -> None:
    dn = rf"cn=a\2cb\2b\22\c3\bc\3c x,{PEOPLE}"
    await directory.add(dn, {"objectClass": [b"person"], "cn": ['a,b+"ü< x'.encode()]})
    (found,) = await find(directory, "(cn=:cn)", cn='a,b+"ü< x')
    assert await directory.compare(found.dn, "objectClass", b"person") is True
    await directory.delete(found.dn)


async def test_what_is_not_there_or_there_already(directory: Directory) -> None:
    nobody = f"uid=nobody,{PEOPLE}"
    assert await code_of(find(directory, "(uid=*)", base=nobody)) == "connector.ldap.missing"
    assert await code_of(directory.delete(nobody)) == "connector.ldap.missing"
    assert await code_of(directory.modify(nobody, {"add": {"cn": [b"x"]}})) == "connector.ldap.missing"
    assert await code_of(directory.add(f"uid=x,{nobody}", {"objectClass": [b"top"]})) == "connector.ldap.missing"
    assert await code_of(directory.add(ANN, {"objectClass": [b"top"]})) == "connector.ldap.exists"
    assert await code_of(directory.delete(PEOPLE)) == "connector.ldap.rejected"
