"""What a hotel decided for itself, as kept in `hotels.settings`."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class StaffChat(BaseModel):
    """Where alerts go: a chat of one of the hotel's accounts; `thread_id` is a forum topic."""

    model_config = ConfigDict(frozen=True)

    account_id: UUID
    address: str
    thread_id: str | None = None


class HotelSettings(BaseModel):
    """The hotel's own choices, with the defaults of a new one. Times of day are in the hotel's zone.

    What a newer release has written is passed over: while it takes the place of this one, both serve.
    """

    model_config = ConfigDict(frozen=True)

    staff_chat: StaffChat | None = None
    check_in_time: time = time(15, 0)
    check_out_time: time = time(12, 0)
    quiet_from: time = time(22, 0)
    quiet_until: time = time(8, 0)
    automatic_messages_a_day: int = Field(default=3, ge=0, le=100)
    emergency_number: str = "112"
    # The triggers that were paused by one command, to be resumed by one.
    paused_together: frozenset[UUID] = frozenset()

    @classmethod
    def changes(cls, **values: Any) -> dict[str, Any]:
        """Return some of the choices, as plain values for the database."""
        return cls(**values).model_dump(mode="json", include=set(values))

    def stored(self) -> dict[str, Any]:
        """Return the plain value for the database; only what differs from the defaults."""
        return self.model_dump(mode="json", exclude_defaults=True)
