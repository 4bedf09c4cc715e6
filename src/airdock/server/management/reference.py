"""The reference page of the management API, made from the declarations of its routes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from litestar.handlers import HTTPRouteHandler

from airdock.runlog import RunStore
from airdock.server.management.app import ManagementApp
from airdock.server.management.operations import KEY, Access, Declared
from airdock.server.serving import Serving
from airdock.server.settings import load_settings

BASE = "/api/v1"

_TAGS = {
    "session": "Signing in",
    "users": "Users and preferences",
    "tokens": "Tokens",
    "projects": "Projects",
    "workspace": "The caller's workspace",
    "sandbox": "The caller's sandbox",
    "registry": "The registry",
    "flows": "Flows and routes",
    "agent": "The agent",
    "connections": "Connections",
    "jobs": "Jobs",
    "listeners": "Listeners",
    "deadLetters": "Dead letters",
    "messages": "Messages",
    "runs": "Runs",
    "settings": "Settings",
    "audit": "The audit log",
    "secrets": "Secrets",
    "api": "This description",
}
"""The resources in the order of the page, and their headings."""

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The methods of a route in the order of the page."""

_HEAD = """# The management API

`/api/v1` on the management port. `/api/v1/openapi.json` describes every route for machines: names, types, answers,
errors, and the permission that each needs.

## Signing in

While there is no user, the person at this machine may do everything and sends nothing:

```console
$ airdock run --port 8080
$ curl http://127.0.0.1:8081/api/v1/session
{"user":"local","kind":"local",…}
```

`airdock users add ann --role administrator` makes the first user; from then on everybody signs in, at this machine
too, in one of three ways:

| how | with each request | for |
|---|---|---|
| a token | `Authorization: Bearer adk_…` | programs; `airdock tokens create` or `POST /api/v1/tokens` makes one |
| a name and a password | `Authorization: Basic …`, as `curl --user ann:…` sends it | a try by hand |
| a session | the cookie that `POST /api/v1/session` sets | browsers |

```text
curl -H "Authorization: Bearer $AIRDOCK_TOKEN" https://airdock.example.com/api/v1/projects
```

A credential that is sent and is not valid is 401, whatever else would let the caller in. The cookie is `HttpOnly` and
`SameSite=Lax`, and `Secure` where the request or `public_url` is encrypted. Whatever a browser changes by it needs the
`csrf` of `GET /api/v1/session` as the header `X-CSRF-Token`. With an OpenID Connect provider (`oidc_issuer`) people go
to `/api/v1/session/oidc?next=/`, which leads back to a page of this server only.

The port answers to names of this machine and to the host of `public_url`; where it listens on a network, to any name.
A request with the `Origin` of another page is refused. A proxy at this machine is believed what it says in
`X-Forwarded-For`; who comes through one is not the person at this machine.

## Who may what

Each route below names the permission that it needs. Roles give permissions; the scopes and projects of a token narrow
them. A project that has members exists for them and for administrators only: for others its routes are 404, and lists
leave out whatever belongs to it. Runs in a sandbox are seen by its owner and by administrators.

## Lists, files, errors

* A list is `{"items": […], "next": …}`; `next` is the `cursor` of the following part, null at the end. `limit` is 1 to
  200. A part may be short though another one follows.
* A file has an `ETag`. `PUT` with `If-Match` changes the file that was read, with `If-None-Match: *` it makes one. An
  existing file is not overwritten without a condition: 428. If it was changed meanwhile: 412, with the present `ETag`.
* With the preference `autoActivate` a project is activated after each change of its files; `activation` in the answer
  says whether it could be. What was saved stays saved either way.
* An error is `application/problem+json` (RFC 9457): `title`, `status`, `detail`, a `code` of the
  [error codes](errors.md), and `errors` where several things are wrong, each with the `field` of the request or the
  `place` in a file. A stale publication (409 `repository.stale`) has the `difference` and the current `release`.
* A JSON body is at most 1 MB and sent as `application/json`, a file at most 4 MB, an archive at most 64 MB.

```console
$ curl -X PUT --json '{}' http://127.0.0.1:8081/api/v1/workspace/shop
{"name":"shop","base":null,…}
$ curl -X PUT -d '{"steps": [{"type": "output", "message": "hello"}]}' http://127.0.0.1:8081/api/v1/workspace/shop/files/hello.flow
{"activation":null,"path":"hello.flow",…}
$ curl --json '{"message": "The first flow"}' http://127.0.0.1:8081/api/v1/workspace/shop/publish
{"project":"shop","release":1,"made":true,…}
$ curl http://127.0.0.1:8081/api/v1/registry/shop/releases
{"items":[{"project":"shop","number":1,"kind":"publish","user":"local",…}],"next":null}
$ curl http://127.0.0.1:8081/api/v1/workspace/nothing/files
{"title":"Not Found","status":404,"code":"repository.notFound",…}
```

Where a folder is served (`airdock run DIR`) it is the registry: activating and publishing are 409
`repository.readOnly`.
"""


def api_page() -> str:
    """The page `docs/reference/api.md`, as Markdown."""
    by_tag: dict[str, list[str]] = {tag: [] for tag in _TAGS}
    for handler, row in _rows():
        by_tag[next(iter(handler.tags or ()))].append(row)
    return _HEAD + "".join(_section(heading, by_tag[tag]) for tag, heading in _TAGS.items())


def _section(heading: str, rows: list[str]) -> str:
    return f"\n## {heading}\n\n| route | what | permission |\n|---|---|---|\n" + "".join(rows)


def _rows() -> Iterator[tuple[HTTPRouteHandler, str]]:
    with tempfile.TemporaryDirectory() as home:
        # Neither opens anything; the routes are declared when they are made.
        serving = Serving(load_settings({"home": Path(home)}, {}))
        app = ManagementApp(serving, RunStore(Path(home)))
    for route in app.api.routes:
        found = {
            min(handler.http_methods, key=_METHODS.index): handler
            for handler in getattr(route, "route_handlers", ())
            if isinstance(handler, HTTPRouteHandler) and KEY in handler.opt and handler.include_in_schema is not False
        }
        for method in sorted(found, key=_METHODS.index):
            yield found[method], _row(method, route.path_format, found[method])


def _row(method: str, path: str, handler: HTTPRouteHandler) -> str:
    declared: Declared = handler.opt[KEY]
    problems = ", ".join(map(str, declared.problems))
    text = f"{handler.summary}." + (f" {handler.description}" if handler.description else "")
    text += f" ({problems})" if problems else ""
    return f"| `{method} {path.removeprefix(BASE)}` | {text} | {_permission(declared.access)} |\n"


def _permission(access: Access) -> str:
    if access.anonymous or access.permission is None:
        return "none"
    own = "; for oneself `account`" if access.own is not None else ""
    return f"`{access.permission.value}`{own}"
