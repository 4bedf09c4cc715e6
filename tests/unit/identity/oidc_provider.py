"""OpenID Connect providers for tests: a real one, and one that can be told to lie, which checks the proof of PKCE."""

import base64
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from joserfc import jws, jwt
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, Key, KeyParameters, KeySet, OKPKey, RSAKey

CLIENT = "airdock"
SECRET = "geheim-client"


class FakeProvider:
    """What it answers is in its attributes, which tests change.

    Attributes:
        claims: Of the next id token, added to the usual ones; a claim of None is left out.
        algorithm, key, kid: What it is signed with.
        published: The keys that it lists.
        answers: Path → status and body that are sent in place of the right answer.
    """

    def __init__(self) -> None:
        self.issuer = ""
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.key: Key = key_for("RS256", "first")
        self.published: list[Key] = [self.key]
        self.make_token: Callable[[dict[str, Any]], str] = self._sign
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.asked: Any = None
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, url: str, **changes: str) -> dict[str, str]:
        """What a browser comes back with from the address to which it was sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} | changes
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, method: str, path: str, form: dict[str, str], headers: dict[str, str]) -> tuple[int, bytes]:
        self.requests.append((method, path, form | headers))
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return _json(200, self._described())
        if path == "/keys":
            return _json(200, KeySet(self.published).as_dict())
        if path == "/userinfo":
            return _json(200, self.userinfo)
        if path == "/token":
            return self._redeem(form)
        return _json(404, {})

    def _described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.metadata,
        }

    def _redeem(self, form: dict[str, str]) -> tuple[int, bytes]:
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != proof or asked["code_challenge_method"] != "S256":
            return _json(400, {"error": "invalid_grant"})
        if asked["redirect_uri"] != form.get("redirect_uri"):
            return _json(400, {"error": "invalid_grant"})
        return _json(200, {"id_token": self.token(asked), "access_token": "geheim-access", "token_type": "Bearer"})

    def token(self, asked: dict[str, str]) -> str:
        """An id token for a client that asked for one."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "subject-1",
            "aud": asked["client_id"],
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "preferred_username": "ann",
            "roles": ["developer"],
        } | self.claims
        return self.make_token({name: value for name, value in claims.items() if value is not None})

    def _sign(self, claims: dict[str, Any]) -> str:
        return signed({"alg": self.algorithm, "kid": self.key.kid, "vendor": "unknown"}, claims, self.key)


_REAL = """
import json, sys
from oidc_provider_mock import User, run_server_in_thread
people = [User(sub=subject, claims=claims) for subject, claims in json.loads(sys.argv[1]).items()]
with run_server_in_thread(user_claims=people, require_nonce=True) as server:
    print(server.server_port, flush=True)
    sys.stdin.read()
"""


@contextmanager
def real_provider(people: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The issuer of a provider in a process of its own: subject → claims of each person who can sign in there."""
    command = [sys.executable, "-W", "ignore", "-c", _REAL, json.dumps(people)]
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        yield f"http://localhost:{int(process.stdout.readline())}"
        # It ends with its input.
        process.communicate(timeout=30)


def real_authorize(url: str, person: str) -> dict[str, str]:
    """What a browser comes back with after a person signed in at the real provider; nobody: after they refused."""
    answer = httpx.post(url, data={"sub": person} if person else {"action": "deny"})
    assert answer.status_code == 302
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


class _AnyAlgorithm(jws.JWSRegistry):
    def get_alg(self, name: str) -> JWSAlgModel:
        return self.algorithms[name]


def signed(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    return jwt.encode(header, claims, key, registry=_AnyAlgorithm(strict_check_header=False))


@cache
def key_for(algorithm: str, kid: str) -> Key:
    """A private key; the same one each time, as making one takes long."""
    parameters: KeyParameters = {"kid": kid}
    if algorithm.startswith("ES"):
        curve = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[algorithm]
        return ECKey.generate_key(curve, parameters)
    if algorithm in ("EdDSA", "Ed25519"):
        return OKPKey.generate_key("Ed25519", parameters)
    return RSAKey.generate_key(2048, parameters)


@contextmanager
def serving(provider: FakeProvider) -> Iterator[FakeProvider]:
    """The provider at an address of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", {})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer("POST", {name: values[0] for name, values in parse_qs(content).items()})

        def _answer(self, method: str, form: dict[str, str]) -> None:
            headers = {"authorization": self.headers.get("Authorization", "")}
            status, body = provider.answer(method, urlsplit(self.path).path, form, headers)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if 300 <= status < 400:
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _json(status: int, document: Any) -> tuple[int, bytes]:
    return status, json.dumps(document).encode()
