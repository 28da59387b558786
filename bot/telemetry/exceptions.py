"""Tells what went wrong and where without the words of the error: those quote tokens, rows and guests.

Kept: types, places in the code, codes (SQLSTATE, errno, constraint), and the sentences of our own errors, which
by the house's rule hold no guest's data; except RejectedInput, which speaks of somebody's input. What a provider
said is no sentence of ours: it quotes the text that it refuses.
"""

from __future__ import annotations

import re
from itertools import islice
from types import TracebackType
from typing import Any

from bot.errors import BellhopError, RejectedInput
from bot.telemetry.scrubbing import scrub

_MOST_FRAMES = 30
_MOST_ERRORS = 10
_CODES = {"sqlstate": str, "constraint_name": str, "errno": int, "status": int}
_CODE = re.compile(r"[A-Za-z0-9_.]{1,80}")


def describe(error: BaseException) -> str:
    """Return the type, the codes and, for our own errors, the sentence."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, BellhopError) and not isinstance(error, RejectedInput):
        return f"{name}: {scrub(error.sentence)}"
    codes = [f"{code}={value}" for code, value in _codes(error).items()]
    return f"{name} ({', '.join(codes)})" if codes else name


def explain(error: BaseException) -> list[dict[str, Any]]:
    """Return the chain, the raised one first: `error` as `describe` says it, `at` its calls, outermost first."""
    chain: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(chain) < _MOST_ERRORS:
        current = waiting.pop(0)
        if not any(current is known for known in chain):
            chain.append(current)
            waiting.extend(_origins(current))
    return [{"error": describe(each), "at": _places(each.__traceback__)} for each in chain]


def _origins(error: BaseException) -> list[BaseException]:
    context = None if error.__suppress_context__ else error.__context__
    origin = error.__cause__ or context
    members = islice(error.exceptions, _MOST_ERRORS) if isinstance(error, BaseExceptionGroup) else ()
    return [*members, *([origin] if origin else [])]


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename}:{traceback.tb_lineno} in {code.co_name}")
        traceback = traceback.tb_next
    return places[-_MOST_FRAMES:]


def _codes(error: BaseException) -> dict[str, str]:
    kinds = dict(_CODES)
    if isinstance(error, NameError | AttributeError | ImportError):
        kinds["name"] = str
    found = {
        code: str(getattr(error, code, ""))
        for code, kind in kinds.items()
        if isinstance(getattr(error, code, None), kind)
    }
    return {code: value for code, value in found.items() if _CODE.fullmatch(value)}
