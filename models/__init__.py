"""Every table, so that `models.Base.metadata` is whole wherever it is imported."""

from models.api import ApiKey, ApiRequest
from models.base import Base
from models.channels import ChannelAccount, Chat, Integration, PlatformEntry
from models.conversations import Conversation, Message
from models.desk import (
    Audit,
    KnowledgeItem,
    MessageCorrection,
    ModelUsage,
    ServiceRequest,
    StaffNotification,
    UnansweredQuestion,
)
from models.guests import Consent, Guest, GuestIdentity, GuestMemory, Stay
from models.history import GuestChange, StayChange
from models.hotels import Company, Hotel, User
from models.queues import InboxEvent, OutboxMessage
from models.triggers import TriggerFiring, TriggerRow

__all__ = [
    "ApiKey",
    "ApiRequest",
    "Audit",
    "Base",
    "ChannelAccount",
    "Chat",
    "Company",
    "Consent",
    "Conversation",
    "Guest",
    "GuestChange",
    "GuestIdentity",
    "GuestMemory",
    "Hotel",
    "InboxEvent",
    "Integration",
    "KnowledgeItem",
    "Message",
    "MessageCorrection",
    "ModelUsage",
    "OutboxMessage",
    "PlatformEntry",
    "ServiceRequest",
    "StaffNotification",
    "Stay",
    "StayChange",
    "TriggerFiring",
    "TriggerRow",
    "UnansweredQuestion",
    "User",
]
