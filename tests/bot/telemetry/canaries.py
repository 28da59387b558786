"""A program that lets out secrets and people in every way it can think of; `test_canaries` reads what it wrote.

Run as `python -m tests.bot.telemetry.canaries`: it logs as JSON, then for people, and ends with an error.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from uuid import UUID

import asyncpg
from aiogram.exceptions import TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import SendMessage
from aiohttp import ClientConnectorError, ClientResponseError, RequestInfo
from aiohttp.client_reqrep import ConnectionKey
from multidict import CIMultiDict, CIMultiDictProxy
from sqlalchemy.exc import IntegrityError
from yarl import URL

from bot.config import load_settings
from bot.errors import PermanentError, RejectedInput, TransientError
from bot.telemetry import bound, configure_logging, log_uncaught_errors, logger
from tests.bot.telemetry.canary_words import (
    CHAT,
    EVERYTHING,
    GREEN,
    GREEN_URL,
    KEY,
    LATIN_NAME,
    MAIL,
    NAME,
    PASSWORD,
    PHONE,
    PHONE_DIGITS,
    SURVIVORS,
    TELEGRAM,
    TELEGRAM_URL,
    WORDS,
)

log = logger("canary")
library = logging.getLogger("some.library")


class Loud(str):
    """A text that shouts itself wherever it is looked at."""

    def __repr__(self) -> str:
        return EVERYTHING

    __str__ = __repr__


class Unreadable:
    def __repr__(self) -> str:
        raise ValueError(EVERYTHING)


def failures() -> Iterator[BaseException]:
    info = RequestInfo(
        URL(TELEGRAM_URL), "POST", CIMultiDictProxy(CIMultiDict(Authorization=PASSWORD)), URL(GREEN_URL)
    )
    yield ClientResponseError(info, (), status=401, message=EVERYTHING)
    yield ClientConnectorError(ConnectionKey(TELEGRAM_URL, 1, True, True, None, None, None), OSError(111, EVERYTHING))
    method = SendMessage(chat_id=PHONE_DIGITS, text=f"{NAME} {WORDS}")
    yield TelegramForbiddenError(method, EVERYTHING)
    yield TelegramNetworkError(method, EVERYTHING)
    duplicate = asyncpg.UniqueViolationError(EVERYTHING)
    duplicate.detail = f"Key (phone)=({PHONE}) already exists."
    duplicate.constraint_name = "guests_phone_key"
    yield duplicate
    yield IntegrityError("INSERT INTO guests VALUES ($1)", {"name": NAME, "phone": PHONE}, duplicate)
    yield KeyError(NAME)
    yield UnicodeDecodeError("utf-8", EVERYTHING.encode(), 0, 1, NAME)
    yield OSError(2, EVERYTHING, LATIN_NAME)
    yield RejectedInput(f"line 5: {NAME}")
    yield TransientError(f"{TELEGRAM_URL} gave 502")
    yield PermanentError("Telegram answered 400", quoted=f"can't parse {EVERYTHING}")
    yield ExceptionGroup(EVERYTHING, [ValueError(NAME), ExceptionGroup(WORDS, [KeyError(LATIN_NAME)])])
    noted = ValueError(NAME)
    noted.add_note(EVERYTHING)
    yield noted


def raise_chained(origin: BaseException) -> None:
    guest, token = NAME, TELEGRAM
    try:
        raise origin
    except BaseException as error:
        try:
            raise RuntimeError(f"{guest} {token}")
        except RuntimeError as second:
            raise ValueError(f"{EVERYTHING} {guest!r}") from (error if origin.args else second)


def log_failures() -> None:
    for failure in failures():
        log.error("direct_failure", error=failure)
        log.error("named_failure", reason=str(failure), detail=repr(failure), exc_info=failure)
        library.error("Direct failure", exc_info=failure)
        library.error("Failure %r of %s", failure, NAME)
        library.error(str(failure))
        try:
            raise_chained(failure)
        except ValueError:
            log.exception("chained_failure")
            library.exception("Chained failure")


def log_fields() -> None:
    log.info(f"guest {NAME} wrote {WORDS}")
    log.info(EVERYTHING)
    log.info("%s wrote", NAME)
    log.info(Loud("thing_done"))
    fields = {"name": NAME, "phone": PHONE_DIGITS, "chat_id": CHAT, "text": WORDS, "token": TELEGRAM}
    log.info("unlisted_fields", **fields, url=TELEGRAM_URL, loud=Loud("x"), bad=Unreadable(), raw=EVERYTHING.encode())
    log.info("listed_fields", status=EVERYTHING, operation=NAME, table=MAIL, correlation_id=CHAT, sql=TELEGRAM_URL)
    log.info("loud_fields", status=Loud("word"), kind=Loud("word"))
    log.info("nested_fields", task={"status": MAIL, NAME: 1, PHONE: 2, "deep": [fields, {"kind": (CHAT, TELEGRAM)}]})
    log.info("odd_names", **{NAME: 1, PHONE: 2, TELEGRAM: 3, WORDS: 4})
    log.info("listed_secret", status=PASSWORD, state=KEY, host=GREEN)
    with bound(hotel_id=NAME, conversation_id=PHONE, correlation_id=TELEGRAM, guest=LATIN_NAME):
        log.info("bound_fields")
        library.warning("Bound fields")


def log_library() -> None:
    library.warning("Guest %s (%s) wrote %r", NAME, PHONE, WORDS)
    library.warning("Guest %(name)s", {"name": LATIN_NAME})
    library.warning(f"Guest {NAME}: {WORDS}")
    library.warning(EVERYTHING, extra={"guest": NAME, "token": TELEGRAM})
    library.warning("Extra fields", extra={"status": NAME, "guest": LATIN_NAME, "token": TELEGRAM})
    library.warning("Too few %s %s", NAME)
    library.log(35, ValueError(NAME))
    logging.getLogger("aiohttp.access").info("GET /%s", TELEGRAM)
    warnings.warn(EVERYTHING, stacklevel=1)


def survive() -> None:
    log.info("survivors_one", hotel_id=UUID(SURVIVORS[0]), correlation_id=SURVIVORS[1], at_time=SURVIVORS[2])


def fail(*_: object) -> None:
    raise ValueError(EVERYTHING)


class Dying:
    __del__ = fail


async def fail_in_loop() -> None:
    async def fail_later() -> None:
        raise_chained(KeyError(NAME))

    task = asyncio.create_task(fail_later(), name=NAME)
    await asyncio.wait([task])
    del task
    gc.collect()
    asyncio.get_running_loop().call_exception_handler({"message": EVERYTHING, "exception": ValueError(NAME)})
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0)


def let_out(style: str) -> None:
    environ = {
        "BELLHOP_LOG_FORMAT": style,
        "BELLHOP_LOG_LEVEL": "debug",
        "BELLHOP_DATABASE_URL": f"postgresql://bell:{PASSWORD}@db/bellhop",
        "BELLHOP_ENCRYPTION_KEYS": f"main:{KEY}",
    }
    configure_logging(load_settings(environ))
    log_uncaught_errors()
    warnings.simplefilter("always")
    steps: tuple[Callable[[], object], ...] = (log_failures, log_fields, log_library, survive, Dying)
    for step in steps:
        step()
    asyncio.run(fail_in_loop())
    thread = threading.Thread(target=fail, name=NAME)
    thread.start()
    thread.join()


if __name__ == "__main__":
    let_out("json")
    let_out("console")
    raise_chained(KeyError(NAME))
