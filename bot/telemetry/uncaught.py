"""Takes over the places where Python would print an error with its words: hooks and warnings."""

from __future__ import annotations

import sys
import threading
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.telemetry.logs import logger


def log_uncaught_errors() -> None:
    """From now on log warnings and what nobody caught (in any thread, in destructors) instead of printing it.

    Changes the whole process: for a program's entry, not for a part of it.
    """
    log = logger("process")

    def uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        log.critical("uncaught_error", exc_info=error)

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        log.critical("uncaught_thread_error", exc_info=args.exc_value)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        log.error("unraisable_error", exc_info=args.exc_value)

    def warned(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any
    ) -> None:
        log.warning("python_warning", kind=category.__name__, place=f"{Path(filename)}:{lineno}")

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    sys.unraisablehook = unraisable
    warnings.showwarning = warned
