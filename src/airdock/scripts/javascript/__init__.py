"""Script modules in JavaScript: CommonJS modules in QuickJS, a fresh context for every run."""

from airdock.scripts.javascript.host import Host
from airdock.scripts.javascript.limits import JavaScriptLimits
from airdock.scripts.javascript.scripts import JavaScriptScripts, Script

__all__ = ["Host", "JavaScriptLimits", "JavaScriptScripts", "Script"]
