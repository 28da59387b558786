from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bot.cli.conftest import Operator

READY = {"status": "unavailable", "checks": {"scheduler": "silent for 20 s", "database": "ok"}}


class _House(BaseHTTPRequestHandler):
    """Lives, and is not ready."""

    def do_GET(self) -> None:
        status, body = (200, b"{}") if self.path == "/health/live" else (503, self.server.body)  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _House) as server:
        server.body = json.dumps(READY).encode()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("BELLHOP_PORT", str(server.server_port))
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "", "localhost"])
def test_succeeds_when_the_process_lives(
    house: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("BELLHOP_HOST", host)
    assert Operator().does("health").endswith("/health/live: ok\n")


def test_asks_the_process_itself_when_the_environment_names_a_proxy(
    house: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert Operator().does("health")


def test_names_the_failing_checks_when_it_is_not_ready(house: ThreadingHTTPServer) -> None:
    said = Operator().fails("health", "--ready")
    assert "503: scheduler silent for 20 s" in said
    assert "database" not in said


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"checks": 3}', b"\xff"])
def test_says_so_when_somebody_else_answers(house: ThreadingHTTPServer, body: bytes) -> None:
    house.body = body  # type: ignore[attr-defined]
    assert "not ours" in Operator().fails("health", "--ready")


def test_asks_whether_it_runs_when_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLHOP_PORT", "1")
    monkeypatch.setenv("BELLHOP_HOST", "::")
    said = Operator().fails("health")
    assert "http://[::1]:1/health/live doesn't answer" in said


@pytest.mark.parametrize(("port", "said"), [("0", "set a port"), ("http", "BELLHOP_PORT")])
def test_names_the_setting_when_the_port_is_none(monkeypatch: pytest.MonkeyPatch, port: str, said: str) -> None:
    monkeypatch.setenv("BELLHOP_PORT", port)
    assert said in Operator().fails("health")
