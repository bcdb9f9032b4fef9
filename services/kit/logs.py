"""Structured logs: one line per event, as JSON or readable, with the request id. Never a choice, never a secret."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

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


def set_up(level: str, form: Literal["json", "console"], service: str) -> None:
    """Send structlog and the standard library's logging to stderr in one form."""
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
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.getLogger("aiohttp.server").addFilter(not_malformed)
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
