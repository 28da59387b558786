"""Tokens as an operator hands them over: no shell keeps them, and no screen shows them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click


def token_option(variable: str, origin: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --token to a command: it is asked for where neither the option nor the environment's `variable` has it."""
    return click.option("--token", envvar=variable, show_envvar=True, default=partial(_ask, variable), help=origin)


def _ask(variable: str) -> str:
    """Return what is typed at a prompt that hides it, or the first line of what is piped in."""
    if sys.stdin.isatty():
        return str(click.prompt("Token", hide_input=True))
    token = sys.stdin.buffer.readline().decode(errors="replace").strip()
    if not token:
        raise click.UsageError(f"no token was given: type it at the prompt, pipe it in, or set {variable}")
    return token
