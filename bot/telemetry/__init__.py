"""Logs and metrics that tell what happened without telling whom it happened to."""

from bot.telemetry.logs import bound, configure_logging, logger
from bot.telemetry.scrubbing import register_secret
from bot.telemetry.uncaught import log_uncaught_errors

__all__ = ["bound", "configure_logging", "log_uncaught_errors", "logger", "register_secret"]
