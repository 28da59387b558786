"""Fetches the files that people hand over, from the provider that keeps them."""

from __future__ import annotations

from uuid import UUID

from bot.channels.connections import Connections
from bot.errors import PermanentError
from bot.messages import Attachment
from bot.storage.unit_of_work import Database


class Fetcher:
    """Reads attachments through the channels by which they came."""

    def __init__(self, database: Database, connections: Connections) -> None:
        self._database = database
        self._connections = connections

    async def fetch(self, hotel_id: UUID, account_id: UUID, attachment: Attachment, most: int) -> bytes:
        """Return an attachment, of `most` bytes at the utmost. Raises TransientError and PermanentError."""
        async with self._database.unit(hotel_id) as uow:
            account = await uow.accounts.get(account_id)
        if account is None:
            raise PermanentError("the channel account was removed")
        channel = await self._connections.get(hotel_id, account)
        return await channel.download(attachment, most)
