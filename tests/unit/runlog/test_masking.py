"""What looks secret is masked; what does not is left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airdock.runlog import Masker
from tests.unit.runlog.planted import SECRET

MASKER = Masker(("pin",))


@pytest.mark.parametrize(
    "name",
    [
        "authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "password", "db_password", "passwd", "secret",
        "client_secret", "clientSecret", "token", "accessToken", "ACCESS_TOKEN", "refresh-token", "api-key", "apiKey",
        "X-Api-Key", "x_apikey", "credential", "credentials", "private-key", "privateKeyPem", "passphrase", "userPwd",
        "pass", "auth", "JSESSIONID", "session", "sid", "pin", "P-I-N",
        "x" * 1000 + "password", "password" + "x" * 1000,
    ],
)  # fmt: skip
def test_a_name_is_secret(name: str) -> None:
    assert MASKER.is_secret(name)


@pytest.mark.parametrize(
    "name", ["id", "author", "compass", "spin", "pinned", "key", "tokenizer", "path", "", "Müller"]
)
def test_a_name_is_not_secret(name: str) -> None:
    assert not MASKER.is_secret(name)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer Pl4ntedS3cr3t\r\nHost: a", "Authorization: ***\r\nHost: a"),
        ("got 'Bearer Pl4ntedS3cr3t'", "got 'Bearer ***'"),
        ("basic dXNlcjpQbDRudGVkUzNjcjN0", "basic ***"),
        ("https://host/a?token=Pl4ntedS3cr3t&b=2", "https://host/a?token=***&b=2"),
        ("url=https://host/?token=Pl4ntedS3cr3t", "url=https://host/?token=***"),
        ("user=me&password=Pl4ntedS3cr3t&c=3", "user=me&password=***&c=3"),
        ("client%5Fsecret=Pl4ntedS3cr3t", "client%5Fsecret=***"),
        ("postgresql://me:Pl4ntedS3cr3t@db:5432/x", "postgresql://***@db:5432/x"),
        ("https://Pl4ntedS3cr3t@host/", "https://***@host/"),
        ('{"a": 1, "password": "Pl4nt\\"edS3cr3t", "b": 2}', '{"a": 1, "password": "***", "b": 2}'),
        ('"{\\"password\\": \\"Pl4ntedS3cr3t\\", \\"b\\": 2}"', '"{\\"password\\": \\"***\\", \\"b\\": 2}"'),
        ("{'api_key': 'Pl4ntedS3cr3t'}", "{'api_key': '***'}"),
        ('"secrets": ["Pl4ntedS3cr3t", "b"]', '"secrets": ***'),
        ('[{"name": "token", "value": "Pl4nt\\"edS3cr3t"}, 1]', '[{"name": "token", "value": "***"}, 1]'),
        (
            '{\\"key\\":\\"api_key\\",\\"value\\":\\"Pl4ntedS3cr3t\\"}',
            '{\\"key\\":\\"api_key\\",\\"value\\":\\"***\\"}',
        ),
        ('{"name": "colour", "value": "red"}', '{"name": "colour", "value": "red"}'),
        ("password: Pl4ntedS3cr3t\nname: x", "password: ***\nname: x"),
        ("<wsse:Password Type='t'>Pl4ntedS3cr3t</wsse:Password>", "<wsse:Password Type='t'>***</wsse:Password>"),
        ("<secret><![CDATA[Pl4ntedS3cr3t]]></secret>", "<secret>***</secret>"),
        ('Cookie: a="x"; sid=Pl4ntedS3cr3t', "Cookie: ***"),
        ("-----BEGIN RSA PRIVATE KEY-----\nPl4nted\n-----END RSA PRIVATE KEY-----.", "***."),
        ("jwt eyJhbGciOiJI.eyJzdWIi.Pl4ntedS3cr3t!", "jwt ***!"),
    ],
)
def test_secrets_in_a_text_are_masked(text: str, masked: str) -> None:
    assert MASKER.text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "connect to http://localhost:8080 failed: refused",
        "basic authentication is off",
        "the token: see above" and "expected a token, got none",
        "a=1&b=2",
        '{"id": 1, "name": "Bea"}',
        "<a><b>text</b></a>",
        "mail to a@example.com",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert MASKER.text(text) == text


@given(st.text(), st.sampled_from(["password={}", "Bearer {}", "https://u:{}@h/", '"token": "{}"']), st.text())
def test_a_planted_secret_is_found_between_any_words(before: str, shape: str, after: str) -> None:
    text = f"{before} {shape.format(SECRET)} {after}"
    assert SECRET not in MASKER.text(text)


@given(st.text(alphabet="ab:/=@\"'\\<>[]{}&? \n-._eyJ!pasword"))
def test_masking_twice_reveals_nothing_and_never_fails(text: str) -> None:
    assert isinstance(MASKER.text(MASKER.text(text)), str)


@pytest.mark.parametrize(
    "piece",
    [
        "a", "://", "eyJ-", "<a ", "basic ", "password=", '"a":"', " ", '\\"', "a:\n", "a=[ ", '"name":"a","value":',
        '"name":"token",', '\\"name\\":\\"sid\\",\\"value\\":\\"',
    ],
)  # fmt: skip
def test_time_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    def cost(size: int) -> float:
        text = (piece * size)[:size]
        began = time.process_time()
        MASKER.text(text)
        return time.process_time() - began

    cost(1000)
    # Squares would make it 1,000 times as much and minutes long; the bound leaves room for a busy machine.
    assert cost(300_000) < 5.0
