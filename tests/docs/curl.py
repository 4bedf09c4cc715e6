"""The part of `curl` that the documentation uses, so that its tests need no `curl` on the machine."""

import argparse
import mimetypes
import shlex
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import httpx


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="curl", exit_on_error=False, add_help=False, allow_abbrev=False)
    parser.add_argument("url")
    parser.add_argument("-X", "--request")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data", "--data-raw", "--data-binary", action="append", default=[], dest="data")
    parser.add_argument("--data-urlencode", action="append", default=[], dest="urlencoded")
    parser.add_argument("--json")
    parser.add_argument("-F", "--form", action="append", default=[])
    parser.add_argument("-u", "--user")
    parser.add_argument("-i", "--include", action="store_true")
    parser.add_argument("-I", "--head", action="store_true")
    parser.add_argument("-s", "--silent", action="store_true")
    parser.add_argument("-S", "--show-error", action="store_true")
    parser.add_argument("-N", "--no-buffer", action="store_true")
    parser.add_argument("-m", "--max-time", type=float)
    return parser


def run(command: str, folder: Path) -> str:
    """What `curl …` prints. Files (`@name`) are looked for in `folder`.

    Raises:
        ValueError: the command holds an option or a pipe that this module does not know.
        httpx.TransportError: nothing answers.
    """
    try:
        options, unknown = _parser().parse_known_args(shlex.split(command)[1:])
    except argparse.ArgumentError as error:
        raise ValueError(f"{command}: {error}") from error
    if unknown:
        raise ValueError(f"{command}: not known here: {' '.join(unknown)}")
    request = _request(options, folder)
    with httpx.Client(timeout=options.max_time or 30) as client:
        response = client.send(request, stream=True)
        text = _text(response, streams=options.no_buffer)
    head = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\n"
    head += "".join(f"{name}: {value}\n" for name, value in response.headers.items())
    return f"{head}\n{text}" if options.include or options.head else text


def _text(response: httpx.Response, *, streams: bool) -> str:
    """The body; of one that has no end, what came until nothing more did for the time that was given."""
    pieces = []
    try:
        for piece in response.iter_text():
            pieces.append(piece)
    except httpx.ReadTimeout:
        if not streams:
            raise
    finally:
        response.close()
    return "".join(pieces)


def _request(options: argparse.Namespace, folder: Path) -> httpx.Request:
    url = options.url if "://" in options.url else f"http://{options.url}"
    headers = {"user-agent": "curl", "accept": "*/*"}
    content: bytes | None = None
    if options.data or options.urlencoded:
        pieces = [_read(text, folder) for text in options.data] + [_encoded(text) for text in options.urlencoded]
        content = b"&".join(pieces)
        headers["content-type"] = "application/x-www-form-urlencoded"
    elif options.json is not None:
        content = _read(options.json, folder)
        headers |= {"content-type": "application/json", "accept": "application/json"}
    for header in options.header:
        name, _, value = header.partition(":")
        headers[name.strip().lower()] = value.strip()
    if options.user:
        headers["authorization"] = f"Basic {b64encode(options.user.encode()).decode()}"
    sends = content is not None or bool(options.form)
    method = options.request or ("HEAD" if options.head else "POST" if sends else "GET")
    files = [_part(text, folder) for text in options.form] or None
    return httpx.Request(method, url, headers=headers, content=content, files=files)


def _read(text: str, folder: Path) -> bytes:
    return (folder / text[1:]).read_bytes() if text.startswith("@") else text.encode()


def _encoded(text: str) -> bytes:
    name, _, value = text.partition("=")
    return f"{name}={quote(value, safe='')}".encode()


def _part(text: str, folder: Path) -> tuple[str, tuple[str | None, bytes, str | None]]:
    """A part of a multipart form: `name=text` or `name=@file`, with `;type=…` behind it."""
    name, _, value = text.partition("=")
    value, _, kind = value.partition(";type=")
    if not value.startswith("@"):
        return name, (None, value.encode(), kind or None)
    path = folder / value[1:]
    return name, (path.name, path.read_bytes(), kind or mimetypes.guess_type(path.name)[0])
