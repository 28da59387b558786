"""health: asks the process that runs on this machine; used by the container's health check, so it starts fast."""

from __future__ import annotations

import json
import os
import sys
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import click

from bot.config import Web

PATIENCE_SECONDS = 5
# Who listens on every address is asked on loopback.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


@click.command()
@click.option("--ready", is_flag=True, help="Ask whether it can serve, rather than whether it lives.")
def health(ready: bool) -> None:
    """Ask the running process whether it lives; exit code 0 when it does."""
    web = Web.read(os.environ)
    if web.port == 0:
        click.echo("BELLHOP_PORT is 0, so nobody knows where it listens: set a port", err=True)
        sys.exit(1)
    host = LOOPBACK.get(web.host, web.host)
    address = f"http://{f'[{host}]' if ':' in host else host}:{web.port}/health/{'ready' if ready else 'live'}"
    try:
        # Whatever proxy the environment names is not for this machine's own address.
        with build_opener(ProxyHandler({})).open(address, timeout=PATIENCE_SECONDS) as answer:
            answer.read()
    except HTTPError as error:
        click.echo(f"{address}: {error.code}: {_failing(error.read())}", err=True)
        sys.exit(1)
    except (OSError, HTTPException) as error:
        click.echo(f"{address} doesn't answer ({type(error).__name__}): is `python -m bot run` running?", err=True)
        sys.exit(1)
    click.echo(f"{address}: ok")


def _failing(body: bytes) -> str:
    """Return the checks that fail, of the answer to `ready`."""
    try:
        checks = json.loads(body)["checks"]
        return "; ".join(f"{name} {says}" for name, says in checks.items() if says != "ok")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "it is not ours that answers there"
