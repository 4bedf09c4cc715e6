"""The reference page of the API."""

from airdock.server.management.reference import api_page


def test_the_page_has_every_route_with_its_permission() -> None:
    page = api_page()
    assert "| `POST /workspace/{project}/publish` | Make a release of the project." in page
    assert "| `GET /users/{user}` | A user. | `users`; for oneself `account` |" in page
    assert "| `POST /session` | Sign in with a name and a password." in page
    assert "/metrics` |" not in page
