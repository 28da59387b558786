"""Providers that deliver once more what they delivered before."""

from __future__ import annotations

from datetime import datetime

from bot.simulator.history import Record
from tests.faults.town import Town


def repeat(town: Town, since: datetime) -> int:
    """Deliver once more what was first made since then; return how much of it Green API delivers."""
    notifications = 0
    bots = {hotel.bot.account: hotel.bot for hotel in town.hotels}
    instances = {hotel.instance.account: hotel.instance for hotel in town.hotels if hotel.instance}
    firsts: dict[tuple[str, str], Record] = {}
    for record in town.simulator.history.of(method="made"):
        body = record.payload.get("body", {})
        if record.server == "telegram" or body.get("typeWebhook") == "incomingMessageReceived":
            firsts.setdefault((record.account, str(record.payload.get("update_id") or body["idMessage"])), record)
    for record in [record for record in firsts.values() if record.at >= since]:
        if record.server == "telegram":
            town.simulator.telegram.repeat(bots[record.account], dict(record.payload))
        else:
            instances[record.account].push(record.payload["body"])
            notifications += 1
    return notifications
