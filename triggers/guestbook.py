"""Who the guests of some rows are: never two guests for one phone number, and no guest twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from rapidfuzz import fuzz

from bot.integrations.base import StayRow
from bot.storage.repositories.guests import GuestRecord
from bot.storage.repositories.stays import StayRecord
from bot.storage.unit_of_work import UnitOfWork
from models.base import new_id

AT_ONCE = 1000
# Of a hundred: a word of a name that was corrected is more like the old one, another person's less.
_LEAST_LIKENESS = 75
Key = tuple[str, str]
T = TypeVar("T")


def in_parts(items: Collection[T]) -> Iterator[list[T]]:
    """Yield the items so many at a time as one statement takes."""
    rest = iter(items)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def key_of(row: StayRow) -> Key:
    """Return what a row's stay is recognised by."""
    return row.source, row.external_id


class Guestbook:
    """The guest of a row is whoever has its phone number, else the guest of the known stay, else a new one. A known
    stay that comes with another number and another name at once was handed on: a correction changes one of them.

    A name that the source tells replaces the known one, the last of several; a language only fills a gap, since
    guests may have chosen theirs.
    """

    def __init__(
        self, owners: Mapping[str, UUID], records: Mapping[UUID, GuestRecord], with_phones: Collection[UUID]
    ) -> None:
        self._owners = dict(owners)
        self._records = records
        self._with_phones = with_phones
        self._wanted: dict[UUID, GuestRecord] = {}
        self._new_phones: dict[str, UUID] = {}
        self._guests: dict[Key, UUID] = {}

    @classmethod
    async def open(cls, uow: UnitOfWork, rows: Sequence[StayRow], known: Mapping[Key, StayRecord]) -> Guestbook:
        """Find the guests of these rows, whose stays are `known` as far as they are."""
        owners: dict[str, UUID] = {}
        for phones in in_parts({row.phone for row in rows if row.phone}):
            owners |= await uow.guests.by_phones(phones)
        records: dict[UUID, GuestRecord] = {}
        with_phones: set[UUID] = set()
        for ids in in_parts({*owners.values(), *(stay.guest_id for stay in known.values())}):
            records |= await uow.guests.with_ids(ids)
            with_phones |= (await uow.guests.phones(ids)).keys()
        book = cls(owners, records, with_phones)
        for row in rows:
            book._enter(row, known.get(key_of(row)))
        return book

    def _enter(self, row: StayRow, stay: StayRecord | None) -> None:
        guest_id = self._owners.get(row.phone or "") or self._guest_of_known(row, stay) or new_id()
        if row.phone and row.phone not in self._owners:
            self._owners[row.phone] = self._new_phones[row.phone] = guest_id
        nobody = GuestRecord(guest_id, None, None, {}, ())
        before = self._wanted.get(guest_id) or self._records.get(guest_id) or nobody
        self._wanted[guest_id] = replace(
            before, name=row.guest_name or before.name, language=before.language or row.language
        )
        self._guests[key_of(row)] = guest_id

    def _guest_of_known(self, row: StayRow, stay: StayRecord | None) -> UUID | None:
        """Return the guest of a known stay, unless it was handed on to somebody whose number nobody has yet."""
        if stay is None:
            return None
        guest = self._records.get(stay.guest_id)
        is_other_number = row.phone is not None and stay.guest_id in self._with_phones
        is_other_name = guest is not None and not may_be_one(guest.name, row.guest_name)
        return None if is_other_number and is_other_name else stay.guest_id

    async def save(self, uow: UnitOfWork, evidence: Mapping[str, Any]) -> int:
        """Save new guests, names and numbers, whose they are by this evidence; return how many guests are new."""
        new = [guest for guest in self._wanted.values() if guest.id not in self._records]
        await uow.guests.add_all(new)
        await uow.guests.introduce([guest for guest in self._wanted.values() if self._is_news(guest)])
        owners = await uow.guests.note_phones(self._new_phones, evidence)
        taken = {
            self._new_phones[phone]: owner for phone, owner in owners.items() if owner != self._new_phones[phone]
        }
        for guest_id, owner in taken.items():
            await self._give_way(uow, guest_id, owner)
        return len(new) - sum(1 for guest_id in taken if guest_id not in self._records)

    async def _give_way(self, uow: UnitOfWork, guest_id: UUID, owner: UUID) -> None:
        """Somebody with this number wrote at this very moment: the rows are theirs."""
        self._guests = {key: owner if guest == guest_id else guest for key, guest in self._guests.items()}
        if guest_id not in self._records:
            await uow.guests.remove(guest_id)

    def guest_of(self, row: StayRow) -> UUID:
        """Return the guest of a row."""
        return self._guests[key_of(row)]

    def has_news_of(self, row: StayRow) -> bool:
        """Whether the guest of a row was known by another name or in no language."""
        guest = self._wanted.get(self.guest_of(row))
        return guest is not None and self._is_news(guest)

    def _is_news(self, guest: GuestRecord) -> bool:
        return guest.id in self._records and guest != self._records[guest.id]


def may_be_one(name: str | None, other: str | None) -> bool:
    """Whether two names may be one person's, as where one is not known. Relatives share words: each must be alike."""
    if not name or not other:
        return True
    fewer, more = sorted((name.casefold().split(), other.casefold().split()), key=len)
    return all(max(fuzz.ratio(word, one) for one in more) >= _LEAST_LIKENESS for word in fewer)
