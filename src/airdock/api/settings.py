"""The settings that the server runs with."""

from typing import Literal

from airdock.api.shapes import ResponseBody

SettingSource = Literal["option", "environment", "default"]


class SettingInfo(ResponseBody, kw_only=True):
    """A setting. `value` is written as an option would be; secrets in it are masked. `variable`: of the environment."""

    name: str
    value: str | None
    source: SettingSource
    variable: str
    description: str
