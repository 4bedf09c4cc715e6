from airdock.identity import LOCAL, Permission, Principal, may, may_somewhere, permissions_of, sees

P = Permission
LISTS = {"shop": {"ann": frozenset({"publisher"}), "bob": frozenset[str]()}}
ROOT = Principal("root", frozenset({"administrator"}))
ANN = Principal("ann", frozenset({"viewer"}))
BOB = Principal("bob", frozenset({"publisher", "operator"}))
EVE = Principal("eve", frozenset({"publisher"}))


def test_project_without_members_goes_by_roles() -> None:
    assert may(EVE, P.REGISTRY_PUBLISH, "bank", LISTS)
    assert not may(ANN, P.REGISTRY_PUBLISH, "bank", LISTS)
    assert may(ANN, P.REGISTRY_READ, "bank", LISTS)


def test_project_with_members_is_for_them_alone() -> None:
    assert not may(EVE, P.REGISTRY_READ, "shop", LISTS)
    assert not may(EVE, P.REGISTRY_PUBLISH, "shop", LISTS)
    assert may(EVE, P.FLOWS_CALL, "shop", LISTS)
    assert [sees(each, "shop", LISTS) for each in (ANN, BOB, EVE, ROOT, LOCAL)] == [True, True, False, True, True]
    assert sees(EVE, "bank", LISTS)


def test_member_has_the_roles_that_the_list_gives_in_that_project() -> None:
    assert may(ANN, P.REGISTRY_PUBLISH, "shop", LISTS)
    assert not may(ANN, P.REGISTRY_PUBLISH, "bank", LISTS)
    assert not may(ANN, P.REGISTRY_PUBLISH, None, LISTS)


def test_member_has_no_more_roles_there_than_the_list_gives() -> None:
    assert not may(BOB, P.REGISTRY_PUBLISH, "shop", LISTS)
    assert not may(BOB, P.RUNS_RETRY, "shop", LISTS)
    assert may(BOB, P.REGISTRY_READ, "shop", LISTS)
    assert may(BOB, P.RUNS_RETRY, "bank", LISTS)
    assert may(BOB, P.SETTINGS_READ, "shop", LISTS)


def test_list_gives_nothing_that_is_about_the_installation() -> None:
    assert not may(ANN, P.AGENT_READ, "shop", LISTS)
    assert not may(ANN, P.SECRETS_READ, "shop", LISTS)


def test_administrators_and_the_local_person_may_everything() -> None:
    for permission in Permission:
        for project in (None, "shop", "bank"):
            assert may(ROOT, permission, project, LISTS)
            assert may(LOCAL, permission, project, LISTS)


def test_scopes_only_take_away() -> None:
    token = Principal("eve", EVE.roles, scopes=frozenset({P.REGISTRY_PUBLISH, P.USERS}))
    assert permissions_of(token, "bank", LISTS) == {P.REGISTRY_PUBLISH}
    assert permissions_of(token, "shop", LISTS) == frozenset()


def test_token_for_projects_is_for_nothing_else() -> None:
    token = Principal("root", ROOT.roles, projects=frozenset({"shop"}))
    assert may(token, P.REGISTRY_PUBLISH, "shop", LISTS)
    assert not may(token, P.REGISTRY_PUBLISH, "bank", LISTS)
    assert not may(token, P.REGISTRY_READ, None, LISTS)
    assert not may(token, P.USERS, "shop", LISTS)
    assert sees(token, "shop", LISTS)
    assert not sees(token, "bank", LISTS)


def test_lists_over_projects_ask_whether_there_could_be_one() -> None:
    nobody = Principal("ann", frozenset())
    assert may_somewhere(nobody, P.WORKSPACE, LISTS)
    assert not may_somewhere(nobody, P.RUNS_RETRY, LISTS)
    assert not may_somewhere(Principal("eve"), P.REGISTRY_READ, LISTS)
    assert may_somewhere(EVE, P.REGISTRY_READ, LISTS)
    token = Principal("root", ROOT.roles, projects=frozenset({"shop"}))
    assert may_somewhere(token, P.REGISTRY_READ, LISTS)
    assert not may_somewhere(token, P.AUDIT_READ, LISTS)
