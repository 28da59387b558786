"""The words that columns may hold; all lower case, as they stand in the database."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class UserRole(StrEnum):
    super_admin = "super_admin"
    admin = "admin"
    staff = "staff"


class PlatformType(StrEnum):
    messaging = "messaging"
    pms = "pms"
    calendar = "calendar"
    analytics = "analytics"


class PlatformRegion(StrEnum):
    russia = "russia"
    international = "international"
    world = "global"


class IntegrationStatus(StrEnum):
    pending = "pending"
    connected = "connected"
    error = "error"
    disconnected = "disconnected"


class AccountStatus(StrEnum):
    new = "new"
    active = "active"
    limited = "limited"
    disconnected = "disconnected"
    blocked = "blocked"
    disabled = "disabled"


class IdentityKind(StrEnum):
    phone = "phone"
    telegram = "telegram"
    whatsapp = "whatsapp"
    whatsapp_bsuid = "whatsapp_bsuid"


class ConsentPurpose(StrEnum):
    service = "service"
    promotional = "promotional"


class ConsentState(StrEnum):
    granted = "granted"
    withdrawn = "withdrawn"


class BookingStatus(StrEnum):
    pending = "pending"
    confirmed = "confirmed"
    checked_in = "checked_in"
    checked_out = "checked_out"
    cancelled = "cancelled"
    no_show = "no_show"


class ConversationStatus(StrEnum):
    active = "active"
    paused = "paused"
    closed = "closed"
    escalated = "escalated"


class MessageType(StrEnum):
    incoming = "incoming"
    outgoing = "outgoing"
    system = "system"


class MessageRole(StrEnum):
    guest = "guest"
    bot = "bot"
    staff = "staff"


class SentimentType(StrEnum):
    positive = "positive"
    negative = "negative"
    neutral = "neutral"
    requires_attention = "requires_attention"


class InboxState(StrEnum):
    queued = "queued"
    done = "done"
    quarantined = "quarantined"


class OutboxState(StrEnum):
    queued = "queued"
    sending = "sending"
    sent = "sent"
    delivered = "delivered"
    read = "read"
    failed = "failed"
    expired = "expired"
    in_doubt = "in_doubt"


class OutboxPurpose(StrEnum):
    """Why a message leaves; only `trigger` asks for consent and quiet hours again before it goes."""

    reply = "reply"
    trigger = "trigger"
    notification = "notification"


class Priority(IntEnum):
    """Who passes whom on the way out. In a chat each is a lane of its own, in which rows leave in their order; the
    lower the number, the sooner."""

    urgent = 0
    """An alert that needs one of the hotel's people now."""
    normal = 1
    """All that is said in conversations, what the hotel's people are answered, and warnings to them."""
    low = 2
    """What they are to see when there is time."""


class TriggerType(StrEnum):
    time_based = "time_based"
    condition_based = "condition_based"
    event_based = "event_based"


class OncePer(StrEnum):
    stay = "stay"
    guest = "guest"
    room = "room"
    day = "day"


class CatchUp(StrEnum):
    """What becomes of a firing whose moment had passed when its stay became known."""

    send = "send"
    skip = "skip"


class FiringStatus(StrEnum):
    scheduled = "scheduled"
    fired = "fired"
    skipped = "skipped"
    postponed = "postponed"
    cancelled = "cancelled"
    expired = "expired"
    failed = "failed"


class NotificationType(StrEnum):
    negative_sentiment = "negative_sentiment"
    urgent_request = "urgent_request"
    system_alert = "system_alert"


class RequestKind(StrEnum):
    """What the hotel's people are asked for: to do something, to offer a service, or to lead a conversation."""

    request = "request"
    offer = "offer"
    flow = "flow"


class Department(StrEnum):
    reception = "reception"
    housekeeping = "housekeeping"
    maintenance = "maintenance"
    restaurant = "restaurant"


class Severity(StrEnum):
    info = "info"
    warning = "warning"
    critical = "critical"


class NotificationStatus(StrEnum):
    pending = "pending"
    sent = "sent"
    failed = "failed"
    acknowledged = "acknowledged"
