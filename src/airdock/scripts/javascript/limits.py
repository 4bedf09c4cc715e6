"""What one run of a JavaScript module may use."""

import msgspec


class JavaScriptLimits(msgspec.Struct, frozen=True):
    """
    Attributes:
        seconds: Wall clock of one run, calls of the host included; a step's `timeout` takes its place.
        memory: Bytes that the script's objects may take.
        stack: Bytes of its call stack.
        answer: Bytes of all that it hands back, as JSON text.
        host_calls: Calls of the host in one run.
        log_lines, log_line, log_total: Lines that it may log; characters of one, and of all.
    """

    seconds: float = 10.0
    memory: int = 64 * 1024 * 1024
    stack: int = 1024 * 1024
    answer: int = 16 * 1024 * 1024
    host_calls: int = 100
    log_lines: int = 1000
    log_line: int = 8 * 1024
    log_total: int = 256 * 1024
