import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.errors import FlowError
from airdock.spec.descriptors import AccessRule, Role
from airdock.triggers.http.locations import OPEN, Access, LocationRules, misplaced
from airdock.triggers.http.paths import FLOWS


def rule(location: str, *roles: str, methods: list[str] | None = None) -> AccessRule:
    return AccessRule(location=location, roles=[Role(role=role) for role in roles], methods=methods)


def asked(rules: list[AccessRule], path: str, method: str = "GET") -> list[set[str]]:
    return [set(roles) for roles in LocationRules(rules).demands(path, method)]


RULES = [
    rule("/p", "User"),
    rule("/p/admin/", "Admin"),
    rule("/p/admin/log", "Auditor", methods=["GET"]),
    rule("/p/admin", "Root"),
]


@pytest.mark.parametrize(
    ("path", "method", "roles"),
    [
        ("/p", "GET", [{"User"}]),
        ("/p/x.flow", "GET", [{"User"}]),
        ("/p/administration", "GET", [{"User"}]),
        ("/p/admin", "GET", [{"Admin", "Root"}]),
        ("/p/admin/", "GET", [{"Admin", "Root"}]),
        ("/p/admin/a/b/c/d", "DELETE", [{"Admin", "Root"}]),
        ("/p/admin/log", "GET", [{"Auditor"}]),
        ("/p/admin/log", "HEAD", [{"Auditor"}]),
        ("/p/admin/log", "POST", [{"Admin", "Root"}]),
        ("/p/admin/log", "PROPFIND", [{"Auditor"}]),
        ("/p/admin/log", "get", [{"Auditor"}]),
        ("/p/admin/log", "", [{"Auditor"}]),
        ("/q", "GET", []),
        ("/", "GET", []),
        ("", "GET", []),
        ("/pp", "GET", []),
    ],
)
def test_the_most_specific_location_with_a_rule_for_the_method_counts(
    path: str, method: str, roles: list[set[str]]
) -> None:
    assert asked(RULES, path, method) == roles


def test_a_rule_for_the_root_is_for_everything() -> None:
    rules = [rule("/", "User"), rule("/open", "Guest")]
    assert [asked(rules, path) for path in ("", "/", "/a/b", "/open/a")] == [[{"User"}]] * 3 + [[{"Guest"}]]


@pytest.mark.parametrize(
    "path", ["/P/Admin/x", "/p/ADMIN", "/p/%61dmin", "/p/%2561dmin", "/p/\uff41dmin", "/p/ad\u200bmin", "/p/admin "]
)
def test_another_spelling_asks_for_what_either_asks_for(path: str) -> None:
    assert {"Admin", "Root"} in asked(RULES, path)


def test_a_laxer_rule_for_another_case_opens_nothing() -> None:
    rules = [rule("/p", "Admin"), rule("/p/Open", "Guest")]
    assert asked(rules, "/p/open/x") == [{"Admin"}, {"Guest"}]


def test_normal_forms_of_unicode_are_one() -> None:
    assert asked([rule("/caf\u00e9", "User")], "/cafe\u0301/x") == [{"User"}]
    assert asked([rule("/cafe\u0301", "User")], "/caf\u00e9/x") == [{"User"}]


def access(rules: list[AccessRule], *addresses: str) -> Access:
    return Access(LocationRules(rules), [FLOWS + address for address in addresses], FLOWS + addresses[0])


def test_a_rule_inside_what_a_template_takes_counts_for_its_paths() -> None:
    found = access([rule("/p/orders/secret", "Admin"), rule("/p", "User")], "/p/orders/{id}", "/p/x.flow")
    assert found.demands(f"{FLOWS}/p/orders/5", "GET") == (frozenset({"User"}),)
    assert frozenset({"Admin"}) in found.demands(f"{FLOWS}/p/orders/secret", "GET")
    assert frozenset({"Admin"}) in found.demands(f"{FLOWS}/p/orders/SECRET", "GET")
    with pytest.raises(FlowError):
        found.demands(f"{FLOWS}/p/orders/%2e%2e", "GET")


def test_a_laxer_rule_inside_a_template_replaces_that_above() -> None:
    found = access([rule("/p/orders", "Admin"), rule("/p/orders/public", "User")], "/p/orders/{id}")
    assert found.demands(f"{FLOWS}/p/orders/public", "GET") == (frozenset({"User"}),)
    assert found.demands(f"{FLOWS}/p/orders/5", "GET") == (frozenset({"Admin"}),)


def test_what_is_open_at_a_template_is_not_looked_at_for_each_request() -> None:
    found = access([rule("/q", "Admin")], "/p/orders/{id}", "/p/x.flow")
    assert found.is_open
    assert found.demands("whatever", "GET") == ()
    assert OPEN.is_open


def test_each_address_asks_for_what_the_other_does() -> None:
    rules = [rule("/p/x.flow", "User"), rule("/p/orders", "Clerk")]
    expected = {frozenset({"User"}), frozenset({"Clerk"})}
    assert set(access(rules, "/p/x.flow", "/p/orders").demands(f"{FLOWS}/p/x.flow", "GET")) == expected
    assert set(access(rules, "/p/orders", "/p/x.flow").demands(f"{FLOWS}/p/orders", "GET")) == expected


def test_a_rule_may_only_name_locations_of_its_project() -> None:
    rules = [rule(location, "User") for location in ("/p", "/p/", "/p/x", "/pp", "/", "/q/p")]
    assert [problem.message.rpartition(" ")[2] for problem in misplaced(rules, "p")] == ["/pp", "/", "/q/p"]
    assert misplaced(rules, "") == []


@given(st.lists(st.sampled_from(["/a", "/b", "/A", "/%61", "/é"]), max_size=5), st.sampled_from(["GET", "FOO"]))
def test_what_is_below_a_protected_location_is_never_open(parts: list[str], method: str) -> None:
    rules = LocationRules([rule("/a", "User", methods=["GET"]), rule("/a/b", "Guest")])
    for spelling in ("/a", "/A", "/%61", "/\uff41"):
        assert rules.demands(spelling + "".join(parts), method)
