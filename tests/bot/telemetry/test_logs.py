from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog

from bot.config import load_settings
from bot.errors import ConfigurationError, TransientError
from bot.messages import Platform
from bot.telemetry import bound, configure_logging, logger
from bot.telemetry.metrics import render_metrics

HOTEL = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
Configure = Callable[..., "Written"]


@dataclass(frozen=True)
class Written:
    """What was logged, line by line."""

    stream: io.StringIO

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def line(self) -> dict[str, Any]:
        [line] = self.lines()
        return line


@pytest.fixture
def configure() -> Iterator[Configure]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions

    def configured(**environ: str) -> Written:
        written = Written(io.StringIO())
        configure_logging(
            load_settings({f"BELLHOP_LOG_{name}": value for name, value in environ.items()}), written.stream
        )
        return written

    yield configured
    root.handlers[:], root.level, logging.raiseExceptions = before
    structlog.reset_defaults()


def test_a_line_says_who_did_what_when_an_event_is_logged(configure: Configure) -> None:
    written = configure()
    began = datetime.now(UTC)
    logger("outbox").info("message_sent", operation="send", hotel_id=HOTEL, query_time_ms=25, rows_affected=1)
    line = written.line()
    assert began - timedelta(seconds=1) < datetime.fromisoformat(line.pop("timestamp")) < began + timedelta(minutes=1)
    assert line == {
        "level": "INFO",
        "service": "bellhop",
        "component": "outbox",
        "event": "message_sent",
        "operation": "send",
        "hotel_id": str(HOTEL),
        "query_time_ms": 25,
        "rows_affected": 1,
    }


def test_context_is_on_every_line_inside_and_none_outside_when_it_is_bound(configure: Configure) -> None:
    written, log = configure(), logger("step")
    with bound(correlation_id="req-1", hotel_id=HOTEL):
        with bound(correlation_id="req-2"):
            log.info("step_done")
        log.info("step_done")
        logging.getLogger("some.library").warning("Trouble ahead")
    log.info("step_done")
    lines = written.lines()
    assert [line.get("correlation_id") for line in lines] == ["req-2", "req-1", "req-1", None]
    assert [line.get("hotel_id") for line in lines] == [str(HOTEL)] * 3 + [None]


@pytest.mark.parametrize(
    ("field", "value", "seen"),
    [
        ("anything", None, None),
        ("anything", True, True),
        ("anything", 42, 42),
        ("anything", 1.5, 1.5),
        ("anything", Decimal("0.85"), 0.85),
        ("anything", float("nan"), None),
        ("anything", HOTEL, str(HOTEL)),
        ("anything", str(HOTEL), str(HOTEL)),
        ("anything", Platform.telegram, "telegram"),
        ("anything", timedelta(minutes=2), 120.0),
        ("anything", datetime(2025, 7, 11, 4, 50, tzinfo=UTC), "2025-07-11T04:50:00+00:00"),
        ("anything", "2025-07-11", "2025-07-11"),
        ("anything", "word", "[withheld]"),
        ("anything", b"bytes", "[withheld]"),
        ("anything", 79991234567, "[withheld]"),
        ("anything", object(), "[withheld]"),
        ("anything", [1, HOTEL, "word"], [1, str(HOTEL), "[withheld]"]),
        ("wait_ms", 79991234567, 79991234567),
        ("wait_ms", 2**80, "[withheld]"),
        ("status", "in_doubt", "in_doubt"),
        ("status", "two words", "[withheld]"),
        ("status", "line\nbreak", "[withheld]"),
        ("status", "x" * 129, "[withheld]"),
        ("status", "79991234567@c.us", "[address]"),
        ("task", {"status": "done", "guest": "Anna"}, {"status": "done"}),
        (
            "task",
            {"task": {"task": {"task": {"task": {"task": 1}}}}},
            {"task": {"task": {"task": {"task": "[withheld]"}}}},
        ),
        ("error", ValueError("Anna"), "ValueError"),
        ("error", TransientError("no answer from +79991234567"), "bot.errors.TransientError: no answer from [phone]"),
    ],
)
def test_a_field_is_seen_only_as_far_as_it_is_safe_when_it_is_logged(
    configure: Configure, field: str, value: object, seen: object
) -> None:
    written = configure()
    logger("test").info("field_logged", **{field: value})
    assert written.line()[field] == seen


def test_an_error_is_told_by_its_kind_place_and_origin_when_it_is_logged(configure: Configure) -> None:
    written = configure()
    try:
        try:
            Path("/nowhere/Anna").read_text()
        except OSError as error:
            raise ConfigurationError("BELLHOP_DATA_DIR is missing: make it") from error
    except ConfigurationError:
        logger("test").exception("start_failed")
    told, origin = written.line()["exception"]
    assert told["error"] == "bot.errors.ConfigurationError: BELLHOP_DATA_DIR is missing: make it"
    assert told["at"][-1].endswith("in test_an_error_is_told_by_its_kind_place_and_origin_when_it_is_logged")
    assert origin["error"] == "FileNotFoundError (errno=2)"


def test_the_origin_is_left_out_when_the_code_says_so(configure: Configure) -> None:
    written = configure()
    try:
        try:
            raise KeyError("Anna")
        except KeyError:
            raise ValueError("Anna") from None
    except ValueError:
        logger("test").exception("start_failed")
    assert [each["error"] for each in written.line()["exception"]] == ["ValueError"]


def test_a_missing_name_is_told_when_the_code_is_wrong(configure: Configure) -> None:
    written = configure()
    logger("test").error("bug_found", error=AttributeError("Anna", name="room_type"))
    assert written.line()["error"] == "AttributeError (name=room_type)"


def test_a_deep_recursion_is_cut_and_a_circle_ends_when_it_is_logged(configure: Configure) -> None:
    def dive() -> None:
        dive()

    written = configure()
    with pytest.raises(RecursionError) as caught:
        dive()
    first, second = caught.value, ValueError()
    first.__cause__, second.__cause__ = second, first
    logger("test").error("too_deep", exc_info=first)
    told = written.line()["exception"]
    assert len(told) == 2
    assert len(told[0]["at"]) == 30


def test_lines_go_on_when_a_value_breaks_while_it_is_looked_at(configure: Configure) -> None:
    class Hostile(dict[str, str]):
        def items(self) -> Any:
            raise RuntimeError("Anna")

    written = configure()
    logger("test").info("hostile_field", task=Hostile())
    logger("test").info("after_it")
    first, second = written.lines()
    assert (first["event"], first["error_type"]) == ("[withheld]", "RuntimeError")
    assert second["event"] == "after_it"


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_work_goes_on_when_the_log_cannot_be_written() -> None:
    configure_logging(load_settings({}), FullDisk())
    logger("test").info("written_nowhere")
    closed = io.StringIO()
    closed.close()
    configure_logging(load_settings({}), closed)
    logger("test").info("written_nowhere")
    structlog.reset_defaults()


def test_only_graver_events_are_written_when_the_level_is_raised(configure: Configure) -> None:
    written, log = configure(LEVEL="warning"), logger("test")
    log.debug("too_quiet")
    log.info("too_quiet")
    log.warning("loud_enough")
    assert written.line()["event"] == "loud_enough"


def test_libraries_are_heard_from_warning_on_when_we_debug(configure: Configure) -> None:
    written, library = configure(LEVEL="debug"), logging.getLogger("some.library")
    library.info("Too quiet")
    library.warning("Connect attempt to %s failed", "Anna")
    line = written.line()
    assert (line["component"], line["logger"]) == ("library", "some.library")
    assert line["event"] == "Connect attempt to %s failed"
    assert line["place"].startswith(f"{__file__}:")


@pytest.mark.parametrize("event", ["A sentence of this file", "event_name", "inbox.claim_lost"])
def test_an_event_is_seen_when_it_stands_in_the_code(configure: Configure, event: str) -> None:
    written = configure()
    logger("test").info(event)
    assert written.line()["event"] == event


def test_an_event_is_withheld_when_its_file_cannot_be_read(configure: Configure) -> None:
    written = configure()
    exec(compile("log.info('Anna is here')", "/nowhere.py", "exec"), {"log": logger("test")})
    assert written.line()["event"] == "[withheld]"


def test_the_settings_own_secrets_disappear_when_they_are_logged() -> None:
    stream = io.StringIO()
    environ = {
        "DATABASE_URL": "postgresql://bell:Sesam0+%C3%B6ffne@db/bellhop",
        "REDIS_URL": "redis://:Red1s-geheim@h/0",
    }
    configure_logging(load_settings({f"BELLHOP_{name}": value for name, value in environ.items()}), stream)
    logger("test").info("secrets_listed", status="Sesam0+öffne", state="Sesam0%2B%C3%B6ffne", kind="Red1s-geheim")
    structlog.reset_defaults()
    assert [json.loads(stream.getvalue())[name] for name in ("status", "state", "kind")] == ["[secret]"] * 3


@pytest.mark.parametrize("value", ["Ann", "ANNA", 7])
def test_an_event_is_withheld_and_its_place_told_when_it_was_made_at_run_time(
    configure: Configure, value: object
) -> None:
    written = configure()
    logger("test").info(f"guest {value}")
    line = written.line()
    assert line["event"] == "[withheld]"
    assert line["place"] == __file__


def test_the_lines_are_for_people_when_the_format_is_console(configure: Configure) -> None:
    written = configure(FORMAT="console")
    logger("test").error("step_failed", attempt=2, exc_info=ValueError("Anna"))
    [head, error] = written.stream.getvalue().splitlines()
    assert "step_failed" in head
    assert "attempt=2" in head
    assert error == "  ValueError"


def errors_counted() -> float:
    lines = render_metrics().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("bellhop_logged_errors_total "))


def test_errors_are_counted_when_they_are_logged(configure: Configure) -> None:
    configure()
    before = errors_counted()
    logger("test").error("step_failed")
    logging.getLogger("some.library").critical("Broken")
    logger("test").warning("step_slow")
    assert errors_counted() == before + 2
