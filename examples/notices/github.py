"""Sends an event as GitHub does: python3 github.py URL DELIVERY TITLE."""

# airdock: ignore lint.unusedModule -- it is run by hand

import hashlib
import hmac
import json
import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

url, delivery, title = sys.argv[1:]
issue = {
    "number": 7,
    "title": title,
    "body": "See the log.",
    "html_url": "https://github.com/shop/web/issues/7",
    "user": {"login": "ann"},
}
body = json.dumps({"action": "opened", "repository": {"full_name": "shop/web"}, "issue": issue}).encode()
signature = hmac.new(os.environ["GITHUB_SECRET"].encode(), body, hashlib.sha256)
headers = {
    "Content-Type": "application/json",
    "X-GitHub-Event": "issues",
    "X-GitHub-Delivery": delivery,
    "X-Hub-Signature-256": f"sha256={signature.hexdigest()}",
}
try:
    with urlopen(Request(url, body, headers)) as answer:
        print(answer.status, answer.read().decode().strip())
except HTTPError as error:
    print(error.code, error.reason)
