"""What every source of stays gives, be it a file, a calendar or a property management system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class StayRow:
    """A stay as its source tells it, recognised by `source` and `external_id`, the booking number there.

    `stay` holds the columns of a stay that the source has a say in, by the names of `NewStay`, times as instants
    (UTC); what it says nothing about stays as it is. `phone` is E.164; what is None of the guest is not known.
    `line` is where it stands in its source.
    """

    line: int
    external_id: str
    source: str
    guest_name: str | None = None
    phone: str | None = None
    language: str | None = None
    stay: Mapping[str, Any] = field(default_factory=dict)
