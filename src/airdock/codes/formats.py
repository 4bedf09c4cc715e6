"""Codes of `marshal` and `unmarshal`."""

from airdock.codes.code import ErrorCode

FORMATS: tuple[ErrorCode, ...] = ()
