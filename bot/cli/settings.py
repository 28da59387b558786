"""The settings of a command, read before anything that takes long to import: a wrong one is named at once."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bot.config import Settings, load_settings
from bot.telemetry.logs import configure_logging

# A newcomer looks for the page's address: it must not drown in lines that say that all is well.
DEMO_DEFAULTS = {"BELLHOP_LOG_LEVEL": "warning", "BELLHOP_LOG_FORMAT": "console"}


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment and send the logs where it says."""
    settings = load_settings(environ)
    configure_logging(settings)
    return settings


def read_demo_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Do the same for the demo, which has defaults of its own."""
    return read_settings(DEMO_DEFAULTS | {name: value for name, value in environ.items() if value.strip()})
