"""Structured logs: one line per event, with bound context, scrubbed, on standard error.

An event is a name (`message_accepted`) or a sentence that stands as it is in the file that logs it; values go
into fields. Message texts and guests' names are never logged: what `bot.telemetry.fields` doesn't list is
withheld. Errors are given as `error=exception` or `exc_info=True`, never as text.
"""

from __future__ import annotations

import logging
import re
import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog
from sqlalchemy.engine import make_url
from structlog.processors import CallsiteParameter, CallsiteParameterAdder
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

from bot.clock import SystemClock
from bot.config import Settings
from bot.config_values import LogFormat
from bot.telemetry.exceptions import explain
from bot.telemetry.fields import shown
from bot.telemetry.metrics import logged_errors
from bot.telemetry.scrubbing import WITHHELD, register_secret

SERVICE = "bellhop"

_EVENT_NAME = re.compile(r"[a-z0-9]{1,40}(?:[_.][a-z0-9]{1,40}){1,10}")
_ADMITTED_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LARGEST_SOURCE = 2_000_000
_clock = SystemClock()
_levels = logging.getLogger(SERVICE)
_paint = structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)
_add_path = CallsiteParameterAdder({CallsiteParameter.PATHNAME}, additional_ignores=[__name__])


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send our events and the warnings of libraries, one line each, to `stream` (standard error by default).

    May be called again; secrets of the settings are registered for scrubbing.
    """
    _register_secrets(settings)
    level = logging.getLevelNamesMapping()[settings.log.level.upper()]
    renderer = _console if settings.log.format is LogFormat.console else _json
    writer = LineWriter(stream or sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _check_event,
            _finish,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: writer,
        cache_logger_on_first_use=False,
    )
    _levels.setLevel(level)
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[LibraryHandler()], force=True)
    logging.raiseExceptions = False


def logger(component: str) -> FilteringBoundLogger:
    """Return the logger of a part of the system; may be called at import, before `configure_logging`."""
    bound_logger: FilteringBoundLogger = structlog.get_logger(component=component)
    return bound_logger


def is_told(level: int) -> bool:
    """Whether lines of this level are logged; asked where there would be very many, and each costs something."""
    return _levels.isEnabledFor(level)


def bound(**context: object) -> AbstractContextManager[None]:
    """Add fields (hotel_id, conversation_id, correlation_id …) to every line logged inside, also by libraries."""
    return _Bound(context)


class _Bound(AbstractContextManager[None]):
    def __init__(self, context: dict[str, object]) -> None:
        self._context = context

    def __enter__(self) -> None:
        self._tokens = structlog.contextvars.bind_contextvars(**self._context)

    def __exit__(self, *_: object) -> None:
        structlog.contextvars.reset_contextvars(**self._tokens)


class LineWriter:
    """Writes lines for structlog; a full disk or a closed pipe costs the line, never the caller's work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        try:
            self._stream.write(f"{line}\n")
            self._stream.flush()
        except (OSError, ValueError):
            return

    log = debug = info = warning = error = critical = exception = msg


class LibraryHandler(logging.Handler):
    """Turns a library's record into an event of ours: its words only when they stand in its source, no arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        words = record.msg if isinstance(record.msg, str) else ""
        logger("library").log(
            _level(record.levelno),
            words if _is_written_in(words, record.pathname) else WITHHELD,
            logger=record.name,
            place=f"{record.pathname}:{record.lineno}",
            exc_info=record.exc_info,
            _checked=True,
        )


def _level(number: int) -> int:
    standard = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)
    return max((level for level in standard if level <= number), default=logging.DEBUG)


def _check_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    words = event["event"]
    if event.pop("_checked", False) or (isinstance(words, str) and _EVENT_NAME.fullmatch(words)):
        return event
    path = _add_path(structlog.get_logger(), "", {})["pathname"]
    return event if _is_written_in(str(words), path) else {**event, "event": WITHHELD, "place": path}


@lru_cache(maxsize=2_048)
def _is_written_in(words: str, path: str) -> bool:
    """Say whether the source file has these very words as a literal: nothing was put into them at run time."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            source = file.read(_LARGEST_SOURCE)
    except (OSError, ValueError):
        return False
    return f'"{words}"' in source or f"'{words}'" in source


def _finish(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put the fields in order, show what may be seen of them, count errors. Never raises."""
    level = str(event.pop("level", "info")).upper()
    head = {"timestamp": _clock.now().isoformat(timespec="milliseconds"), "level": level, "service": SERVICE}
    if level in {"ERROR", "CRITICAL"}:
        logged_errors.inc()
    try:
        return {**head, **_seen(event)}
    except Exception as error:  # whatever a hostile value does when it is looked at, the line goes out
        return {**head, "event": WITHHELD, "error_type": type(error).__name__}


def _seen(event: EventDict) -> dict[str, Any]:
    trouble = _exception(event.pop("exc_info", None))
    fields = {
        name if _ADMITTED_NAME.fullmatch(name) else WITHHELD: shown(name, value) for name, value in event.items()
    }
    return fields | ({"exception": explain(trouble)} if trouble else {})


def _exception(given: object) -> BaseException | None:
    if isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        return given
    return sys.exc_info()[1] if given else None


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return orjson.dumps(event).decode()


def _console(_: WrappedLogger, __: str, event: EventDict) -> str:
    errors = event.pop("exception", [])
    head = _paint(None, "", {**event, "level": event["level"].lower()})
    lines = [f"\n  {each['error']}" + "".join(f"\n    {place}" for place in each["at"]) for each in errors]
    return f"{head}{''.join(lines)}"


def _register_secrets(settings: Settings) -> None:
    database = settings.database
    for address in (database.url, database.app_url, database.runtime_url, settings.redis.url):
        if address is not None:
            register_secret(make_url(address.get_secret_value()).password or "")
    if settings.model.key is not None:
        register_secret(settings.model.key.get_secret_value())
    if settings.encryption.keys is not None:
        for entry in settings.encryption.keys.get_secret_value().split(","):
            register_secret(entry.partition(":")[2].strip())
