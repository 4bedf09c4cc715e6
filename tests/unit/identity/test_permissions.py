from pathlib import Path

import pytest

from airdock.identity import LOCAL, MEMBER_ROLES, ROLE_PERMISSIONS, Permission, Principal, Role, permitted

ROOT = Path(__file__).resolve().parents[3]
P = Permission
EXPECTED = {
    P.ACCOUNT: "administrator publisher developer operator viewer",
    P.FLOWS_CALL: "administrator publisher developer operator viewer",
    P.WORKSPACE: "administrator publisher developer",
    P.SANDBOX: "administrator publisher developer",
    P.REGISTRY_READ: "administrator publisher developer operator viewer",
    P.REGISTRY_PUBLISH: "administrator publisher",
    P.REGISTRY_ROLLBACK: "administrator publisher",
    P.REGISTRY_UNPUBLISH: "administrator publisher",
    P.RUNS_READ: "administrator publisher developer operator viewer",
    P.RUNS_CANCEL: "administrator operator",
    P.RUNS_RETRY: "administrator operator",
    P.LETTERS_READ: "administrator operator",
    P.LETTERS_WRITE: "administrator operator",
    P.MESSAGES_READ: "administrator operator",
    P.MESSAGES_SEND: "administrator operator",
    P.ACTIVITIES_PAUSE: "administrator operator",
    P.ACTIVITIES_RUN: "administrator operator",
    P.AGENT_READ: "administrator publisher developer operator",
    P.SETTINGS_READ: "administrator operator",
    P.SECRETS_READ: "administrator publisher developer operator",
    P.SECRETS_WRITE: "administrator",
    P.MEMBERS: "administrator",
    P.USERS: "administrator",
    P.TOKENS: "administrator",
    P.AUDIT_READ: "administrator",
}


@pytest.mark.parametrize("permission", Permission)
def test_table_of_who_may_what(permission: Permission) -> None:
    assert {role for role in Role if permission in ROLE_PERMISSIONS[role]} == set(EXPECTED[permission].split())


def test_roles_add_up() -> None:
    both = permitted(frozenset({"operator", "publisher"}))
    assert both == permitted(frozenset({"operator"})) | permitted(frozenset({"publisher"}))


def test_other_roles_allow_what_everybody_may() -> None:
    assert permitted(frozenset({"User", "administrators"})) == {Permission.ACCOUNT, Permission.FLOWS_CALL}


def test_local_person_has_every_role() -> None:
    assert permitted(LOCAL.roles) == set(Permission)
    assert LOCAL.has_role("whatever a flow asks for")
    assert not Principal("ann", frozenset({"User"})).has_role("Sales")
    assert Principal("ann", frozenset({"User"})).has_role("User")


def test_members_cannot_be_administrators() -> None:
    assert set(Role) - MEMBER_ROLES == {"administrator"}


def test_page_has_the_same_table() -> None:
    lines = (ROOT / "docs" / "concepts" / "access.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    table = {row[0].strip("`"): row[2:] for row in rows if len(row) == 2 + len(Role)}
    told = {name: {role for role, mark in zip(Role, marks, strict=True) if mark} for name, marks in table.items()}
    assert told == {permission: set(roles.split()) for permission, roles in EXPECTED.items()}
