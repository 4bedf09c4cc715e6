from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from airdock.database import Database
from airdock.identity import LOCAL, Identity, IdentityError, Permission, Principal
from airdock.identity.tables import TOKENS
from airdock.identity.token_text import PREFIX, hash_of, is_token, make_text
from tests.unit.identity.people import Clock
from tests.unit.identity.test_users import refused

ADMINISTRATOR = Principal("root", frozenset({"administrator"}))


@given(st.integers(0, 52), st.sampled_from("0aZ_-é \n"))
def test_typo_in_a_token_is_seen_without_the_database(at: int, other: str) -> None:
    text = make_text()
    assert is_token(text)
    assert text.startswith(PREFIX)
    wrong = text[:at] + other + text[at + 1 :]
    assert is_token(wrong) == (wrong == text)


@given(st.text())
def test_other_texts_are_no_tokens(text: str) -> None:
    assert not is_token(text)
    assert not is_token(PREFIX + text)


def test_tokens_are_made_of_256_random_bits() -> None:
    texts = {make_text() for _ in range(1000)}
    assert len(texts) == 1000
    assert {len(text) for text in texts} == {4 + 43 + 6}


def test_personal_token_speaks_for_its_user(identity: Identity, ann: str, root: str) -> None:
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    found = identity.tokens.resolve(made.text)
    assert found == (Principal(ann, frozenset({"developer", "Sales"}), token=made.token.id), None)
    identity.users.change(ann, roles=["viewer"], by=root)
    found = identity.tokens.resolve(made.text)
    assert found is not None
    assert found[0].roles == {"viewer"}
    identity.users.change(ann, disabled=True, by=root)
    assert identity.tokens.resolve(made.text) is None


def test_service_has_its_own_name_and_roles(identity: Identity, root: str) -> None:
    made = identity.tokens.create_service(ADMINISTRATOR, "ci", ["publisher"], projects=["shop"])
    assert (made.token.kind, made.token.owner, made.token.created_by) == ("service", "ci", root)
    found = identity.tokens.resolve(made.text)
    assert found is not None
    assert found[0] == Principal("ci", frozenset({"publisher"}), "service", None, frozenset({"shop"}), made.token.id)


def test_services_and_users_share_no_name(identity: Identity, ann: str) -> None:
    with refused("identity.nameTaken"):
        identity.tokens.create_service(ADMINISTRATOR, ann, [])
    identity.tokens.create_service(ADMINISTRATOR, "ci", [])
    with refused("identity.nameTaken"):
        identity.users.create("ci", by="root")


def test_token_of_a_service_can_be_replaced_by_a_second_one(identity: Identity, root: str) -> None:
    first = identity.tokens.create_service(ADMINISTRATOR, "ci", ["publisher"])
    identity.members.put("shop", {"ci": ["publisher"]}, by=root)
    second = identity.tokens.create_service(ADMINISTRATOR, "ci", ["publisher"])
    identity.tokens.revoke(first.token.id, by=root)
    assert identity.tokens.resolve(first.text) is None
    assert identity.tokens.resolve(second.text) is not None
    assert list(identity.members.get("shop")) == ["ci"]
    identity.tokens.revoke(second.token.id, by=root)
    assert identity.members.get("shop") == {}


def test_token_expires(identity: Identity, ann: str, clock: Clock) -> None:
    expires = datetime.fromtimestamp(clock() + 60, UTC)
    made = identity.tokens.create_personal(Principal(ann), "laptop", expires=expires)
    assert made.token.expires == expires
    clock.go_on(59)
    assert identity.tokens.resolve(made.text) is not None
    clock.go_on(1)
    assert identity.tokens.resolve(made.text) is None
    naive = (expires + timedelta(days=1)).replace(tzinfo=None)
    for wrong in (expires, naive, datetime.max.replace(tzinfo=UTC)):
        with refused("identity.expiry"):
            identity.tokens.create_personal(Principal(ann), "laptop", expires=wrong)


def test_token_is_limited_to_scopes(identity: Identity, ann: str) -> None:
    made = identity.tokens.create_personal(Principal(ann), "ci", scopes=["registry.read", "runs.read"])
    found = identity.tokens.resolve(made.text)
    assert found is not None
    assert found[0].scopes == frozenset({Permission.REGISTRY_READ, Permission.RUNS_READ})
    for wrong in ([], ["everything"]):
        with pytest.raises(IdentityError, match=r"registry\.publish") as caught:
            identity.tokens.create_personal(Principal(ann), "ci", scopes=wrong)
        assert caught.value.code == "identity.scope"
    for projects in ([], ["a/b"], [str(number) for number in range(201)]):
        with pytest.raises(IdentityError):
            identity.tokens.create_personal(Principal(ann), "ci", projects=projects)


def test_limited_token_makes_no_wider_one(identity: Identity, ann: str) -> None:
    limited = Principal(ann, scopes=frozenset({Permission.ACCOUNT, Permission.RUNS_READ}), projects=frozenset({"shop"}))
    wider: list[tuple[list[str] | None, list[str] | None]] = [
        (None, ["shop"]),
        (["account"], None),
        (["account", "users"], ["shop"]),
        (["account"], ["shop", "bank"]),
    ]
    for scopes, projects in wider:
        with refused("identity.forbidden"):
            identity.tokens.create_personal(limited, "more", scopes=scopes, projects=projects)
        with refused("identity.forbidden"):
            identity.tokens.create_service(limited, "more", ["administrator"], scopes=scopes, projects=projects)
    made = identity.tokens.create_personal(limited, "less", scopes=["runs.read"], projects=["shop"])
    assert made.token.projects == frozenset({"shop"})


def test_local_person_makes_tokens_for_others_only(identity: Identity, root: str) -> None:
    with refused("identity.unknownUser"):
        identity.tokens.create_personal(LOCAL, "mine")
    assert identity.tokens.create_personal(LOCAL, "theirs", user=root).token.owner == root


def test_tokens_are_listed_without_their_texts(identity: Identity, database: Database, ann: str) -> None:
    texts = [identity.tokens.create_personal(Principal(ann), f"token {number}").text for number in range(3)]
    texts.append(identity.tokens.create_service(ADMINISTRATOR, "ci", []).text)
    page = identity.tokens.list(limit=3)
    rest = identity.tokens.list(limit=3, cursor=page.next or "")
    assert [token.name for token in page.items + rest.items] == ["token 0", "token 1", "token 2", "ci"]
    assert [token.name for token in identity.tokens.list(owner=ann).items] == ["token 0", "token 1", "token 2"]
    assert [token.name for token in identity.tokens.list(owner="ci").items] == ["ci"]
    with database.reading() as connection:
        rows = connection.execute(select(TOKENS)).all()
    assert {row.hash for row in rows} == {hash_of(text) for text in texts}
    for text in texts:
        assert text[4:] not in repr(rows) + repr(page) + repr(rest) + repr(identity.audit.list())


def test_unknown_token_is_told(identity: Identity, root: str) -> None:
    for id in ("nothing", "\x00", ""):
        with refused("identity.unknownToken"):
            identity.tokens.revoke(id, by=root)
    assert identity.tokens.resolve(make_text()) is None
    assert identity.tokens.resolve("adk_nothing") is None


def test_text_given_as_an_id_is_not_repeated(identity: Identity, ann: str) -> None:
    made = identity.tokens.create_personal(Principal(ann), "laptop")
    with pytest.raises(IdentityError, match="as its id") as caught:
        identity.tokens.revoke(made.text, by=ann)
    assert made.text[4:] not in str(caught.value)
