"""One tenant, one transaction, repositories as attributes. Nothing else opens a transaction of a hotel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.security.tenancy import begin_bound, bind_actor
from bot.storage.claims import Claims
from bot.storage.precedence import Precedence
from bot.storage.prepared import take_turns
from bot.storage.repositories.accounts import Accounts
from bot.storage.repositories.api import ApiKeys, ApiRequests
from bot.storage.repositories.audits import Audits
from bot.storage.repositories.chats import Chats
from bot.storage.repositories.consents import Consents
from bot.storage.repositories.conversations import Conversations
from bot.storage.repositories.corrections import Corrections
from bot.storage.repositories.firings import Firings
from bot.storage.repositories.guests import Guests
from bot.storage.repositories.history import History
from bot.storage.repositories.hotels import Hotels
from bot.storage.repositories.inbox import Inbox
from bot.storage.repositories.knowledge import Knowledge
from bot.storage.repositories.ledger import Ledger
from bot.storage.repositories.messages import Messages
from bot.storage.repositories.model_usage import ModelUsages
from bot.storage.repositories.notifications import Notifications
from bot.storage.repositories.outbox import Outbox
from bot.storage.repositories.questions import Questions
from bot.storage.repositories.service_requests import ServiceRequests
from bot.storage.repositories.stays import Stays
from bot.storage.repositories.triggers import Triggers
from bot.storage.repositories.users import Users
from bot.storage.transactions import transaction


class UnitOfWork:
    """A transaction bound to `hotel_id`; leaving its `async with` commits, an exception rolls back."""

    def __init__(self, connection: AsyncConnection, hotel_id: UUID) -> None:
        self.connection = connection
        self.hotel_id = hotel_id

    @asynccontextmanager
    async def acting_as(self, actor: str) -> AsyncIterator[None]:
        """Let changes of stays and guests be on record as made by `actor`, such as `import` or `user:…`."""
        await bind_actor(self.connection, actor)
        yield
        await bind_actor(self.connection, "")

    @cached_property
    def hotels(self) -> Hotels:
        return Hotels(self.connection, self.hotel_id)

    @cached_property
    def users(self) -> Users:
        return Users(self.connection, self.hotel_id)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.connection, self.hotel_id)

    @cached_property
    def chats(self) -> Chats:
        return Chats(self.connection, self.hotel_id)

    @cached_property
    def guests(self) -> Guests:
        return Guests(self.connection, self.hotel_id)

    @cached_property
    def consents(self) -> Consents:
        return Consents(self.connection, self.hotel_id)

    @cached_property
    def stays(self) -> Stays:
        return Stays(self.connection, self.hotel_id)

    @cached_property
    def history(self) -> History:
        return History(self.connection, self.hotel_id)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.connection, self.hotel_id)

    @cached_property
    def messages(self) -> Messages:
        return Messages(self.connection, self.hotel_id)

    @cached_property
    def corrections(self) -> Corrections:
        return Corrections(self.connection, self.hotel_id)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.connection, self.hotel_id)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.connection, self.hotel_id)

    @cached_property
    def triggers(self) -> Triggers:
        return Triggers(self.connection, self.hotel_id)

    @cached_property
    def firings(self) -> Firings:
        return Firings(self.connection, self.hotel_id)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.connection, self.hotel_id)

    @cached_property
    def notifications(self) -> Notifications:
        return Notifications(self.connection, self.hotel_id)

    @cached_property
    def service_requests(self) -> ServiceRequests:
        return ServiceRequests(self.connection, self.hotel_id)

    @cached_property
    def knowledge(self) -> Knowledge:
        return Knowledge(self.connection, self.hotel_id)

    @cached_property
    def questions(self) -> Questions:
        return Questions(self.connection, self.hotel_id)

    @cached_property
    def model_usage(self) -> ModelUsages:
        return ModelUsages(self.connection, self.hotel_id)

    @cached_property
    def api_keys(self) -> ApiKeys:
        return ApiKeys(self.connection, self.hotel_id)

    @cached_property
    def api_requests(self) -> ApiRequests:
        return ApiRequests(self.connection, self.hotel_id)

    @cached_property
    def audits(self) -> Audits:
        return Audits(self.connection, self.hotel_id)


class Database:
    """The two logins of a serving process: one for a hotel's rows, one that claims work by ids."""

    def __init__(self, app: AsyncEngine, runtime: AsyncEngine) -> None:
        self.app = app
        self.runtime = runtime
        self.claims = Claims(runtime)
        self._precedence = Precedence()

    @asynccontextmanager
    async def unit(self, hotel_id: UUID) -> AsyncIterator[UnitOfWork]:
        """Begin a transaction that sees `hotel_id` only."""
        turn = self._precedence.turn(hotel_id)
        await turn.wait()
        async with self.app.connect() as connection:
            with self._precedence.at_work(hotel_id), take_turns(connection, turn):
                async with transaction(connection, lambda driver: begin_bound(driver, hotel_id)):
                    yield UnitOfWork(connection, hotel_id)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.app.dispose()
        await self.runtime.dispose()
