"""Ties a process that we start to our own life (Linux): nothing is left behind when we are killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from functools import partial

_PR_SET_PDEATHSIG = 1


def lifeline(on_our_death: signal.Signals) -> Callable[[], None] | None:
    """Return what the new process has to call first, to get the signal when our thread ends."""
    if sys.platform != "linux":
        return None
    # The library is opened here: between fork and exec there may be nothing but the call itself.
    return partial(_ask_for_signal, ctypes.CDLL(None).prctl, on_our_death, os.getpid())


def _ask_for_signal(prctl: Callable[[int, int], int], on_our_death: int, parent: int) -> None:
    prctl(_PR_SET_PDEATHSIG, on_our_death)
    if os.getppid() != parent:  # died before we asked: no signal would ever come
        os._exit(1)
