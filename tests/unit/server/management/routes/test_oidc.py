"""Going to the provider and coming back, as far as the addresses go; signing in itself is tested with a provider."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from litestar.exceptions import ClientException

from airdock.server.management.routes.oidc import own_path
from tests.unit.identity.oidc_provider import CLIENT, SECRET, FakeProvider, serving
from tests.unit.server.management.installation import ADMINISTRATOR, Installation, installation


@pytest.mark.parametrize(
    ("page", "path"),
    [("/", "/"), ("/console/?a=b#c", "/console/?a=b#c"), ("/été", "/%C3%A9t%C3%A9"), ("/a%2Fb", "/a%2Fb")],
)
def test_pages_of_this_server(page: str, path: str) -> None:
    assert own_path(page) == path


@pytest.mark.parametrize(
    "page",
    [
        "",
        "console",
        "//example.com",
        "/\\example.com",
        "https://example.com",
        "/a\r\nSet-Cookie: x",
        "/ /x",
        "/\t/x.com",
    ],
)
def test_nothing_leads_elsewhere(page: str) -> None:
    with pytest.raises(ClientException):
        own_path(page)


async def test_without_a_provider_there_is_nowhere_to_go(served: Installation) -> None:
    async with served.client() as client:
        assert (await client.get("/session")).json()["oidc"] is False
        for path in ("/session/oidc", "/session/oidc/callback?code=x&state=y"):
            assert (await client.get(path)).status_code == 404


async def test_people_sign_in_at_the_provider_and_come_back(tmp_path: Path) -> None:
    with serving(FakeProvider()) as provider:
        settings = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with installation(tmp_path / "flows", tmp_path / "home", settings=settings) as served:
            served.add_user(ADMINISTRATOR)
            async with served.client() as browser:
                gone = await browser.get("/session/oidc", params={"next": "/console/?a=b"})
                assert gone.status_code == 302
                assert gone.headers["location"].startswith(f"{provider.issuer}/authorize?")
                cookies = gone.headers.get_list("set-cookie")
                assert all("HttpOnly" in cookie and "Path=/api/v1/session/oidc" in cookie for cookie in cookies)
                back = provider.authorize(gone.headers["location"])
                wrong = await browser.get("/session/oidc/callback", params={**back, "state": "another"})
                assert (wrong.status_code, wrong.json()["code"]) == (400, "identity.oidcState")
                come = await browser.get("/session/oidc/callback", params=back)
                assert (come.status_code, come.headers["location"]) == (302, "/console/?a=b")
                session = (await browser.get("/session")).json()
                assert (session["user"], session["roles"], session["oidc"]) == ("ann", ["developer"], True)
                assert session["csrf"]
                again = await browser.get("/session/oidc/callback", params=back)
                assert again.status_code == 400


async def test_nobody_is_led_to_another_server(tmp_path: Path) -> None:
    with serving(FakeProvider()) as provider:
        settings = {
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT,
            "public_url": "https://airdock.example.com",
        }
        with installation(tmp_path / "flows", tmp_path / "home", settings=settings) as served:
            async with served.client() as browser:
                assert (await browser.get("/session/oidc", params={"next": "//example.com"})).status_code == 400
                gone = await browser.get("/session/oidc")
                redirect = dict(parse_qsl(urlsplit(gone.headers["location"]).query))["redirect_uri"]
                assert redirect == "https://airdock.example.com/api/v1/session/oidc/callback"
                assert "Secure" in gone.headers["set-cookie"]
