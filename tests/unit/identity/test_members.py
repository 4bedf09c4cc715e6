import pytest

from airdock.identity import Identity, IdentityError
from tests.unit.identity.test_users import refused


def test_list_is_replaced_as_a_whole(identity: Identity, ann: str, root: str) -> None:
    assert identity.members.get("shop") == {}
    identity.members.put("shop", {ann: ["developer", "publisher"], root: []}, by=root)
    identity.members.put("bank", {ann: ["viewer"]}, by=root)
    assert identity.members.get("shop") == {ann: {"developer", "publisher"}, root: frozenset()}
    identity.members.put("shop", {root: ["operator"]}, by=root)
    assert identity.members.all() == {"shop": {root: {"operator"}}, "bank": {ann: {"viewer"}}}
    identity.members.put("shop", {}, by=root)
    assert identity.members.all() == {"bank": {ann: {"viewer"}}}
    noted = identity.audit.list(action="members.change", target="shop").items
    assert noted[0].details == {"before": {root: ["operator"]}, "after": {}}


def test_only_users_and_services_are_members(identity: Identity, root: str) -> None:
    for name in ("nobody", "no/name"):
        with refused("identity.unknownUser"):
            identity.members.put("shop", {name: ["viewer"]}, by=root)
    assert identity.members.all() == {}


@pytest.mark.parametrize("role", ["administrator", "User", ""])
def test_list_gives_no_other_roles(identity: Identity, root: str, role: str) -> None:
    with pytest.raises(IdentityError, match="developer, operator, publisher, viewer") as caught:
        identity.members.put("shop", {root: ["viewer", role]}, by=root)
    assert caught.value.code == "identity.role"
