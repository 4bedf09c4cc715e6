from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from airdock.connectors.links import Links
from airdock.engine.clock import LoopClock
from airdock.engine.runtime import Runtime
from airdock.testing import FlowClient
from tests.unit.connectors.ldap.server import ADMIN, BASE, PASSWORD, DirectoryServer
from tests.unit.connectors.opening import ConnectedFlows

PEOPLE = f"ou=people,{BASE}"


@pytest.fixture
async def flows(tmp_path: Path) -> AsyncIterator[ConnectedFlows]:
    """Flows with a directory in which there is one person."""
    async with DirectoryServer().serving() as server:
        people = server.root.addChild("ou=people", {"objectClass": ["organizationalUnit"], "ou": ["people"]})
        people.addChild(
            "uid=ann", {"objectClass": ["person"], "uid": ["ann"], "cn": ["Ann"], "userPassword": ["s3cret"]}
        )
        flows = ConnectedFlows(tmp_path)
        flows.secrets = {"admin": PASSWORD}
        flows.write(
            "p/people.connection",
            {"type": "ldap", "host": "127.0.0.1", "port": server.port, "security": "none", "base": BASE,
             "user": ADMIN, "password": {"secret": "admin"}},
        )  # fmt: skip
        yield flows
        await flows.close()


def ldap(operation: str, **fields: Any) -> dict[str, Any]:
    return {"type": "ldap", "connection": "/p/people.connection", "operation": operation, **fields}


USER = {"dn": f"uid=:user,{PEOPLE}", "parameters": {"user": "${body.user}"}}


async def test_a_search(flows: ConnectedFlows) -> None:
    steps = [ldap("search", filter="(uid=:user)", parameters={"user": "${body.user}"}, attributes=["cn"])]
    result = await flows.run(steps, "POST", json={"user": "ann"})
    assert result.json() == [{"dn": f"uid=ann,{PEOPLE}", "attributes": {"cn": ["Ann"]}}]
    for user in ("*", "a*", "ann)(cn=*"):
        assert (await flows.run(steps, "POST", json={"user": user})).json() == []
    for nothing in ("", None, ["ann"]):
        result = await flows.run(steps, "POST", json={"user": nothing})
        assert (result.status, result.json()["code"]) == (400, "connector.ldap.value")


async def test_every_operation(flows: ConnectedFlows) -> None:
    new = {"dn": f"cn=:cn,{PEOPLE}", "parameters": {"cn": "${body.cn}"}}
    steps = [
        ldap("add", **new, entry={"objectClass": ["person"], "cn": "${body.cn}", "mail": ["${body.mail}", "x@y"],
                                  "phone": "${body.phone}"}, result="added"),
        ldap("modify", **new, changes={"replace": {"mail": "${body.mail}"}, "add": {"n": 7}}, result="r"),
        ldap("compare", **new, attribute="mail", value="${body.mail}", result="is"),
        ldap("search", **new, scope="entry", result="found"),
        ldap("delete", dn=":dn", parameters={"dn": "${properties.found[0].dn}"}, result="r"),
        ldap("search", filter="(cn=:cn)", parameters={"cn": "${body.cn}"}, result="after"),
        {"type": "set", "body": {
            "is": "${properties.is}", "mail": "${properties.found[0].attributes.mail}",
            "n": "${properties.found[0].attributes.n}", "phone": "${$exists(properties.found[0].attributes.phone)}",
            "after": "${$count(properties.after)}"}},
    ]  # fmt: skip
    result = await flows.run(steps, "POST", json={"cn": "Bob, the +1", "mail": "b@c.org"})
    assert result.json() == {"is": True, "mail": ["b@c.org"], "n": ["7"], "phone": False, "after": 0}


async def test_passwords(flows: ConnectedFlows) -> None:
    steps = [ldap("bind", **USER, password="${body.password}")]
    for user, password, right in (("ann", "s3cret", True), ("ann", "no", False), ("ann", "", False), ("x", "y", False)):
        result = await flows.run(steps, "POST", json={"user": user, "password": password})
        assert result.json() is right


async def test_a_message_cannot_leave_the_base(flows: ConnectedFlows) -> None:
    steps = [ldap("delete", dn=":dn", parameters={"dn": "${body.dn}"})]
    for dn in ("dc=other,dc=com", "nonsense", "dc=com", f"uid=ann,{PEOPLE},dc=x"):
        result = await flows.run(steps, "POST", json={"dn": dn})
        assert (result.status, result.json()["code"]) == (400, "connector.ldap.name")
    assert (await flows.run([ldap("delete", **USER)], "POST", json={"user": "nobody"})).status == 404
    assert (await flows.run([ldap("delete", **USER)], "POST", json={"user": f"ann,{PEOPLE}"})).status == 404


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (ldap("search", filter="(uid=${body.user})"), "`${}` in `filter` would let a message write it"),
        (ldap("search", dn="uid=${body.user},dc=x"), "`${}` in `dn` would let a message write it"),
        (ldap("search", filter="(uid=:user)"), "`parameters` lacks `user`"),
        (ldap("search", parameters={"x": 1}), "neither `dn` nor `filter` has a parameter `:x`"),
        (ldap("search", filter="(uid=a"), "this is no filter such as"),
        (ldap("search", dn="people"), "is no name of an entry"),
        (ldap("search", attributes=["a b"]), "'a b' is no name of an attribute"),
        (ldap("search", password="x"), "`search` has no `password`"),
        (ldap("bind", dn=PEOPLE), "`bind` needs `password`"),
        (ldap("delete"), "`delete` needs `dn`"),
        (ldap("add", dn=PEOPLE, entry={"a=b": 1}), "'a=b' is no name of an attribute"),
        (ldap("modify", dn=PEOPLE, changes={"set": {}}), "and no 'set'"),
        (ldap("modify", dn=PEOPLE, changes={"add": {"a b": 1}}), "'a b' is no name"),
    ],
)
def test_what_is_refused(flows: ConnectedFlows, step: dict[str, Any], told: str) -> None:
    assert told in "\n".join(flows.problems([step]))


async def test_tests_of_flows_have_a_directory_in_memory(flows: ConnectedFlows) -> None:
    steps = [
        ldap("add", dn=f"cn=x,{BASE}", entry={"objectClass": ["person"], "userPassword": "pw"}, result="r"),
        ldap("bind", dn=f"cn=x,{BASE}", password="pw"),
    ]
    flows.write("p/f.flow", {"steps": steps})
    client = FlowClient(flows.folder, runtime=Runtime(links=Links(LoopClock(), fakes=True)))
    assert (await client.call("GET", "p/f.flow")).json() is True
