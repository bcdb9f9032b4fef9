"""Structured logs: one line per event, as JSON or readable, with the request id. Never a choice, never a secret."""

import contextlib
import logging
import os
import socket
import stat
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog
from aiohttp.http_exceptions import HttpProcessingError

# A log must not tell how anybody voted, nor hand out access: these words never get through as keys.
_FORBIDDEN = {"choice", "label", "jws", "ballot", "payload", "token", "code", "counts", "authorization"}


def _without_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in _FORBIDDEN.intersection(event):
        event[key] = "[withheld]"
    return event


def not_malformed(record: logging.LogRecord) -> bool:
    """Is this not aiohttp's report of a request that is no HTTP?

    It quotes the line that it could not read, which may hold a token; and whoever sends rubbish must not fill the log.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


class Log:
    """Lines that may be lost: a full disk, a reader that went away or reads no more (Ctrl-S in a terminal, a lost ssh)
    neither ends nor holds up an act that wants to tell of itself."""

    def __init__(self, stream: TextIO) -> None:
        self._write = _without_waiting(stream)

    def write(self, text: str) -> None:
        """Write what can be written at once."""
        # A closed stream is a ValueError.
        with contextlib.suppress(OSError, ValueError):
            self._write(text)

    def flush(self) -> None:
        """Nothing waits to be written."""


def _without_waiting(stream: TextIO) -> Callable[[str], object]:
    """How a text is written to where this stream leads; what waits for its reader is not waited for."""
    try:
        kind = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):
        return stream.write
    number = stream.fileno()
    if stat.S_ISSOCK(kind):
        # journald reads from one.
        reader = socket.socket(fileno=os.dup(number))
        return lambda text: reader.send(_raw(text), socket.MSG_DONTWAIT)
    if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind):
        # Opened once more: who shares the terminal with us still waits for it.
        with contextlib.suppress(OSError):
            number = os.open(f"/proc/self/fd/{number}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    return lambda text: os.write(number, _raw(text))


def _raw(text: str) -> bytes:
    return text.encode(errors="backslashreplace")


def set_up(level: str, form: Literal["json", "console"], service: str) -> None:
    """Send structlog and the standard library's logging to stderr in one form."""
    log = Log(sys.stderr)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_secrets,
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", log)),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(log)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.getLogger("aiohttp.server").addFilter(not_malformed)
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
