"""The API for a hotel's other systems. It takes JSON and answers in JSON, mistakes too."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import Annotated, Self
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.clock import Clock
from bot.errors import first_fault
from bot.pace import Gaps, Pace
from bot.security.signatures import hash_of
from bot.storage.failures import is_overload
from bot.storage.repositories.api import ApiRequestRecord
from bot.storage.unit_of_work import Database
from bot.telemetry.logs import bound, logger
from models.base import new_id
from triggers.engine import Engine
from triggers.external import AmbiguousBooking, Heard, ReusedKey, Told, UnknownSubject, hear, hear_once

LARGEST_BODY = 16 * 1024
# What a hotel may ask of one process: so many at once, and ten a second in the long run.
BURST = 100
_GAPS = Gaps(account=timedelta(), chat=timedelta(milliseconds=100), burst=BURST)
_PACE = "api"
_SLUG = re.compile(r"[a-z0-9-]{1,63}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")

log = logger("api")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128, pattern=r"^[^\x00]*$")]


class EventBody(BaseModel):
    """What is told: the event's name, and the booking or the phone number that it is about."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[Text, Field(max_length=64)]
    booking: Text | None = None
    source: Text | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")] | None = None

    @model_validator(mode="after")
    def _check_subject(self) -> Self:
        if (self.booking is None) is (self.phone is None):
            raise ValueError("give either booking or phone")
        if self.source is not None and self.booking is None:
            raise ValueError("source goes only with booking")
        return self


class Refusal(Exception):
    """An answer that says what is wrong; raised inside a transaction it undoes that."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.response = web.json_response(
            {"error": {"code": code, "message": message}}, status=status, headers=headers
        )


class Api:
    """The routes of the API. A caller shows one of the hotel's keys: `Authorization: Bearer …`."""

    def __init__(
        self, database: Database, engine: Engine, clock: Clock, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock
        self._pace = Pace(monotonic)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/v1/hotels/{slug}/events", self._tell)]

    async def _tell(self, request: web.Request) -> web.Response:
        """Take an event."""
        try:
            key = _shown_key(request)
            hotel_id = await self._hotel(request.match_info["slug"])
            heard = await self._hear(hotel_id, key, request)
        except Refusal as refusal:
            return refusal.response
        except Exception as error:
            if not is_overload(error):
                raise
            log.warning("api_unavailable", error=error)
            return Refusal(503, "unavailable", "Try again in a moment.", {"Retry-After": "1"}).response
        answer = {"planned": heard.planned, "repeated": heard.is_repeated, "correlation_id": heard.correlation_id}
        return web.json_response(answer, status=202)

    async def _hotel(self, slug: str) -> UUID:
        hotel_id = await self._database.claims.hotel_called(slug) if _SLUG.fullmatch(slug) else None
        if hotel_id is None:
            raise _stranger()
        return hotel_id

    async def _hear(self, hotel_id: UUID, key: str, request: web.Request) -> Heard:
        idempotency_key, raw = _idempotency_key(request), await _read(request)
        correlation_id, now = new_id().hex, self._clock.now()
        with bound(hotel_id=hotel_id, correlation_id=correlation_id):
            async with self._database.unit(hotel_id) as uow:
                if not await uow.api_keys.is_valid(hash_of(key)):
                    raise _stranger()
                self._keep_pace(hotel_id)
                told = _told(raw)
                try:
                    if idempotency_key is None:
                        heard = Heard(await hear(uow, self._engine, told, now, correlation_id), correlation_id)
                    else:
                        this = ApiRequestRecord(hash_of(repr(told)), correlation_id, 0)
                        heard = await hear_once(uow, self._engine, told, now, idempotency_key, this)
                except UnknownSubject as error:
                    raise Refusal(404, "not_found", f"{error}.") from None
                except (AmbiguousBooking, ReusedKey) as error:
                    raise Refusal(409, "conflict", f"{error}.") from None
            log.info("event_told", planned=heard.planned, is_repeated=heard.is_repeated)
        return heard

    def _keep_pace(self, hotel_id: UUID) -> None:
        wait = self._pace.reserve(_PACE, str(hotel_id), _GAPS)
        if wait:
            headers = {"Retry-After": str(ceil(wait))}
            raise Refusal(429, "too_many_requests", "Slow down and try again.", headers)


def _stranger() -> Refusal:
    """Return the same answer whether there is no such hotel or no such key."""
    message = "Send a key of this hotel as Authorization: Bearer KEY."
    return Refusal(401, "unauthorized", message, {"WWW-Authenticate": "Bearer"})


def _shown_key(request: web.Request) -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _stranger()
    return key.strip()


def _idempotency_key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        message = "Idempotency-Key must have 1 to 255 printable ASCII characters and no blanks."
        raise Refusal(400, "bad_idempotency_key", message)
    return key


async def _read(request: web.Request) -> bytes:
    try:
        return await request.clone(client_max_size=LARGEST_BODY).read()
    except web.HTTPRequestEntityTooLarge:
        message = f"The body may have at most {LARGEST_BODY} bytes."
        raise Refusal(413, "body_too_large", message) from None
    except web.RequestPayloadError:
        raise Refusal(400, "bad_body", "The body broke off, or is not in the coding that it names.") from None


def _told(raw: bytes) -> Told:
    try:
        body = EventBody.model_validate_json(raw)
    except ValidationError as error:
        raise Refusal(422, "bad_event", _problem(error)) from None
    return Told(**body.model_dump())


def _problem(error: ValidationError) -> str:
    """Return what is wrong with the first part at fault, without repeating what was sent."""
    place, fault = first_fault(error)
    return ": ".join(part for part in (".".join(map(str, place)), fault) if part)
