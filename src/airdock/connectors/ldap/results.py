"""What results of operations mean (RFC 4511, appendix A)."""

from collections.abc import Mapping
from typing import Any

from airdock.connectors.errors import refused, unavailable
from airdock.errors import FlowError

SUCCESS, SIZE_EXCEEDED, COMPARE_FALSE, COMPARE_TRUE, NO_OBJECT, BAD_PASSWORD, EXISTS = 0, 4, 5, 6, 32, 49, 68
_TIMEOUTS = (3, 85)
_AWAY = (51, 52, 81)
_DENIED = (7, 8, 13, 50)
_RULES = (16, 17, 18, 19, 20, 21, 53, 64, 65, 66, 67, 69, 71)


def told(name: str, result: Mapping[str, Any], password: str = "") -> FlowError:
    """The error of a result that is none of success.

    Args:
        name: Of the connection. password: What never stands in a message.
    """
    code, words = int(result["result"]), str(result.get("message") or "")
    if password:
        words = words.replace(password, "***")
    text = f"{result.get('description') or code}{f': {words[:500]}' if words else ''}"
    details = {"result": code}
    if code in _TIMEOUTS:
        return FlowError("connector.timeout", f"{name}: {text}", details=details)
    if code in _AWAY:
        return unavailable(name, text)
    if code == BAD_PASSWORD:
        return refused(name, text)
    if code == NO_OBJECT:
        return FlowError("connector.ldap.missing", f"{name}: {text}", details=details)
    if code == EXISTS:
        return FlowError("connector.ldap.exists", f"{name}: {text}", details=details)
    if code == SIZE_EXCEEDED:
        return FlowError("connector.ldap.tooMany", f"{name}: {text}", details=details)
    if code in _DENIED:
        return FlowError("connector.ldap.denied", f"{name}: {text}", details=details)
    if code in _RULES:
        return FlowError("connector.ldap.rejected", f"{name}: {text}", details=details)
    return FlowError("connector.failed", f"{name}: {text}", details=details)
