"""Sends a signed order, as the shop does: python3 send.py URL ORDER."""

# airdock: ignore lint.unusedModule -- it is run by hand

import hashlib
import hmac
import os
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

url, order = sys.argv[1:]
body = b'{"order": %d}' % int(order)
timestamp = str(int(time.time()))
signature = hmac.new(os.environ["ORDERS_SECRET"].encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
headers = {
    "Content-Type": "application/json",
    "X-Timestamp": timestamp,
    "X-Signature": f"sha256={signature.hexdigest()}",
}
for _ in range(2):
    try:
        with urlopen(Request(url, body, headers)) as answer:
            print(answer.status, answer.read().decode().strip())
    except HTTPError as error:
        print(error.code, error.reason)
