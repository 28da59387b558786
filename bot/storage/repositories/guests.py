"""Guests and the identities by which they are recognised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.storage.repositories.base import AnySelect, Repository, as_records
from bot.storage.repositories.merges import Merges
from models import Guest, GuestIdentity, Stay
from models.base import new_id
from models.enums import IdentityKind


@dataclass(frozen=True, slots=True)
class GuestRecord:
    """A guest."""

    id: UUID
    name: str | None
    language: str | None
    preferences: dict[str, Any]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """One way to recognise a guest."""

    kind: IdentityKind
    value: str


class Guests(Repository):
    async def get(self, guest_id: UUID) -> GuestRecord:
        """Return one guest."""
        return _record((await self._run(self._select(Guest.id == guest_id))).one())

    async def with_ids(self, guest_ids: Collection[UUID]) -> dict[UUID, GuestRecord]:
        """Return these guests by id."""
        rows = await self._fetch(_WITH_IDS, self.hotel_id, list(guest_ids))
        return {row["id"]: _raw_record(row) for row in rows}

    async def recognise(self, identity: Identity) -> GuestRecord | None:
        """Return the guest with this identity."""
        statement = self._select(
            Guest.id
            == select(GuestIdentity.guest_id)
            .where(
                self._own(GuestIdentity.hotel_id),
                GuestIdentity.kind == identity.kind,
                GuestIdentity.value == identity.value,
            )
            .scalar_subquery()
        )
        row = (await self._run(statement)).one_or_none()
        return _record(row) if row else None

    async def recognise_all(self, identities: Collection[Identity]) -> dict[Identity, GuestRecord]:
        """Return whose identities these are; nobody's are missing."""
        kinds, values = [one.kind for one in identities], [one.value for one in identities]
        rows = await self._fetch(_RECOGNISE_ALL, self.hotel_id, kinds, values)
        return {Identity(IdentityKind(row["kind"]), row["value"]): _raw_record(row) for row in rows}

    async def languages(self) -> list[str]:
        """Return the languages that the hotel's guests are known to speak, each once."""
        return [row["language"] for row in await self._fetch(_LANGUAGES, self.hotel_id)]

    async def search(self, words: str, limit: int = 5) -> list[GuestRecord]:
        """Return guests whose name holds `words`, or whose phone or booking number they are; latest first."""
        pattern = f"%{_escape_like(words.lower())}%"
        by_identity = select(GuestIdentity.guest_id).where(
            self._own(GuestIdentity.hotel_id), GuestIdentity.value == words
        )
        by_booking = select(Stay.guest_id).where(
            self._own(Stay.hotel_id), func.lower(Stay.external_id) == words.lower()
        )
        matches = or_(func.lower(Guest.name).like(pattern), Guest.id.in_(by_identity), Guest.id.in_(by_booking))
        statement = self._select(matches).where(Guest.merged_into.is_(None))
        rows = await self._run(statement.order_by(Guest.last_interaction.desc().nulls_last(), Guest.id).limit(limit))
        return [_record(row) for row in rows]

    async def add(self, name: str | None, language: str | None = None, guest_id: UUID | None = None) -> GuestRecord:
        """Add a guest of whom only this is known."""
        guest_id = guest_id or new_id()
        await self._run(insert(Guest).values(hotel_id=self.hotel_id, id=guest_id, name=name, language=language))
        return GuestRecord(guest_id, name, language, {}, ())

    async def remove(self, guest_id: UUID) -> None:
        """Remove a guest and everything of theirs."""
        await self._run(delete(Guest).where(self._own(Guest.hotel_id), Guest.id == guest_id))

    async def identify(self, guest_id: UUID, identity: Identity, evidence: Mapping[str, Any]) -> UUID:
        """Note an identity of a guest; return whose it is, which is another's where it was known before."""
        statement = insert(GuestIdentity).values(
            hotel_id=self.hotel_id,
            id=new_id(),
            guest_id=guest_id,
            kind=identity.kind,
            value=identity.value,
            evidence=dict(evidence),
        )
        statement = statement.on_conflict_do_update(
            index_elements=["hotel_id", "kind", "value"], set_={"value": statement.excluded.value}
        )
        owner: UUID = (await self._run(statement.returning(GuestIdentity.guest_id))).scalar_one()
        return owner

    async def identify_all(
        self, owners: Mapping[Identity, UUID], evidence: Mapping[str, Any]
    ) -> dict[Identity, UUID]:
        """Note identities of guests; return whose they are, as `identify` does."""
        rows = [
            {"id": new_id(), "guest_id": owner, "kind": identity.kind, "value": identity.value, "evidence": evidence}
            for identity, owner in sorted(owners.items(), key=lambda pair: (pair[0].kind, pair[0].value))
        ]
        found = await self._insert(GuestIdentity, rows, returning="kind, value, guest_id", conflict=_SAME_IDENTITY)
        return {Identity(IdentityKind(row["kind"]), row["value"]): row["guest_id"] for row in found}

    async def note_talk(self, languages: Mapping[UUID, str | None], at: datetime) -> dict[UUID, UUID]:
        """Note that these guests wrote just now, and the language of each; return who they are that turned out to be
        somebody else since they were read."""
        ordered = sorted(languages)
        rows = await self._fetch(_NOTE_TALK, self.hotel_id, ordered, [languages[one] for one in ordered], at)
        return {row["id"]: row["merged_into"] for row in rows if row["merged_into"]}

    async def identities(self, guest_id: UUID) -> list[Identity]:
        """Return how this guest is recognised."""
        statement = select(GuestIdentity.kind, GuestIdentity.value).where(
            self._own(GuestIdentity.hotel_id), GuestIdentity.guest_id == guest_id
        )
        return [Identity(row.kind, row.value) for row in await self._run(statement)]

    async def phones(self, guest_ids: Collection[UUID]) -> dict[UUID, str]:
        """Return a phone number of each guest; who has none is missing, of several it is the one noted last."""
        rows = await self._fetch(_PHONES, self.hotel_id, list(guest_ids))
        return {row["guest_id"]: row["value"] for row in rows}

    async def phones_since(self, guest_ids: Collection[UUID]) -> dict[UUID, datetime]:
        """Return since when a phone number of each guest is known; who has none is missing."""
        rows = await self._fetch(_PHONES_SINCE, self.hotel_id, list(guest_ids))
        return {row["guest_id"]: row["since"] for row in rows}

    async def by_phones(self, phones: Collection[str]) -> dict[str, UUID]:
        """Return whose numbers these are; nobody's are missing."""
        statement = select(GuestIdentity.value, GuestIdentity.guest_id).where(
            self._own(GuestIdentity.hotel_id),
            GuestIdentity.kind == IdentityKind.phone,
            GuestIdentity.value.in_(phones),
        )
        return {row.value: row.guest_id for row in await self._run(statement)}

    async def add_all(self, guests: Collection[GuestRecord]) -> None:
        """Add guests of whom only name and language are known."""
        rows = [{"id": guest.id, "name": guest.name, "language": guest.language} for guest in guests]
        await self._insert(Guest, rows)

    async def introduce(self, guests: Collection[GuestRecord]) -> None:
        """Change names and languages to these."""
        if guests:
            statement = (
                update(Guest)
                .where(self._own(Guest.hotel_id), Guest.id == bindparam("guest"))
                .values(name=bindparam("new_name"), language=bindparam("new_language"))
            )
            rows = [
                {"guest": guest.id, "new_name": guest.name, "new_language": guest.language}
                for guest in sorted(guests, key=lambda one: one.id)
            ]
            await self._run(statement, rows)

    async def note_phones(self, owners: Mapping[str, UUID], evidence: Mapping[str, Any]) -> dict[str, UUID]:
        """Note phone numbers of guests; return whose they are, which is another's where one was known before."""
        if not owners:
            return {}
        statement = insert(GuestIdentity)
        statement = statement.on_conflict_do_update(
            index_elements=["hotel_id", "kind", "value"], set_={"value": statement.excluded.value}
        )
        rows = [
            {
                "hotel_id": self.hotel_id,
                "id": new_id(),
                "guest_id": guest_id,
                "kind": IdentityKind.phone,
                "value": phone,
                "evidence": dict(evidence),
            }
            for phone, guest_id in sorted(owners.items())
        ]
        found = await self._run(statement.returning(GuestIdentity.value, GuestIdentity.guest_id), rows)
        return {row.value: row.guest_id for row in found}

    async def update(self, guest_id: UUID, **values: Any) -> None:
        """Change columns of a guest."""
        await self._run(update(Guest).where(self._own(Guest.hotel_id), Guest.id == guest_id).values(**values))

    async def tag(self, tags: Mapping[UUID, Collection[str]]) -> None:
        """Change the tags of guests to these."""
        rows = [{"id": guest_id, "tags": list(words)} for guest_id, words in sorted(tags.items())]
        await self._fetch(_TAG, self.hotel_id, as_records(rows))

    async def merge(self, loser: UUID, winner: UUID, evidence: Mapping[str, Any]) -> UUID:
        """Let everything of `loser` belong to `winner`; return who that is by now."""
        return await Merges(self.connection, self.hotel_id).merge(loser, winner, evidence)

    def _select(self, condition: ColumnElement[bool]) -> AnySelect:
        columns = (Guest.id, Guest.name, Guest.language, Guest.preferences, Guest.tags)
        return select(*columns).where(self._own(Guest.hotel_id), condition)


def _record(row: Any) -> GuestRecord:
    return GuestRecord(row.id, row.name, row.language, row.preferences, tuple(row.tags))


def _escape_like(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _raw_record(row: Any) -> GuestRecord:
    return GuestRecord(row["id"], row["name"], row["language"], row["preferences"], tuple(row["tags"]))


_WITH_IDS = """
    SELECT id, name, language, preferences, tags FROM guests WHERE hotel_id = $1 AND id = ANY ($2::uuid[])
"""
_LANGUAGES = "SELECT DISTINCT language FROM guests WHERE hotel_id = $1 AND language <> ''"
_PHONES = """
    SELECT guest_id, value FROM guest_identities
    WHERE hotel_id = $1 AND guest_id = ANY ($2::uuid[]) AND kind = 'phone' ORDER BY id
"""
_PHONES_SINCE = """
    SELECT guest_id, min(created_at) AS since FROM guest_identities
    WHERE hotel_id = $1 AND guest_id = ANY ($2::uuid[]) AND kind = 'phone' GROUP BY guest_id
"""
_SAME_IDENTITY = "ON CONFLICT (hotel_id, kind, value) DO UPDATE SET value = excluded.value"
_RECOGNISE_ALL = """
    SELECT identity.kind, identity.value, guests.id, guests.name, guests.language, guests.preferences, guests.tags
    FROM unnest($2::text[], $3::text[]) AS asked (kind, value)
    JOIN guest_identities AS identity
      ON identity.hotel_id = $1 AND identity.kind = asked.kind AND identity.value = asked.value
    JOIN guests ON guests.hotel_id = $1 AND guests.id = identity.guest_id
"""
_TAG = """
    UPDATE guests SET tags = tagged.tags, updated_at = now()
    FROM jsonb_to_recordset($2::jsonb) AS tagged (id uuid, tags text[])
    WHERE guests.hotel_id = $1 AND guests.id = tagged.id
"""
_NOTE_TALK = """
    UPDATE guests SET last_interaction = $4, language = talk.language, updated_at = now()
    FROM (SELECT * FROM unnest($2::uuid[], $3::text[])) AS talk (id, language)
    WHERE guests.hotel_id = $1 AND guests.id = talk.id RETURNING guests.id, guests.merged_into
"""
