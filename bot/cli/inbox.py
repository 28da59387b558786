"""What could not be handled."""

from __future__ import annotations

import sys

import click

from bot.cli.context import hotel_called, with_database
from bot.clock import Clock
from bot.config import Settings
from bot.errors import RejectedInput
from bot.lanes import replay
from bot.storage.repositories.inbox import InboxRecord
from bot.storage.unit_of_work import Database


@click.group()
def inbox() -> None:
    """Events that failed three times or could not be read are set aside, whole; see them and replay them."""


hotel_option = click.option("--hotel", "slug", required=True, help="The hotel's slug.")


@inbox.command("list")
@hotel_option
def list_events(slug: str) -> None:
    """List the events that were set aside, newest first."""

    async def work(settings: Settings, database: Database, clock: Clock) -> list[InboxRecord]:
        async with database.unit(await hotel_called(database, slug)) as uow:
            return await uow.inbox.quarantined()

    events = with_database(work)
    if not events:
        click.echo("Nothing is set aside.", err=True)
    for event in events:
        click.echo(
            f"{event.id}\t{event.received_at:%Y-%m-%d %H:%M:%S}Z\t{event.kind}\t"
            f"{event.attempts} attempts\t{event.last_error or ''}"
        )


@inbox.command("show")
@hotel_option
@click.argument("event_id", type=int)
def show_event(slug: str, event_id: int) -> None:
    """Print the payload of EVENT_ID exactly as it came. It holds a guest's words: mind where you print it."""

    async def work(settings: Settings, database: Database, clock: Clock) -> InboxRecord | None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            return await uow.inbox.get(event_id)

    event = with_database(work)
    if event is None:
        raise RejectedInput(f"event {event_id}: this hotel has none with that number; see `inbox list`")
    sys.stdout.buffer.write(event.payload + b"\n")


@inbox.command("replay")
@hotel_option
@click.argument("event_id", type=int)
def replay_event(slug: str, event_id: int) -> None:
    """Queue EVENT_ID again, as if it had just come."""

    async def work(settings: Settings, database: Database, clock: Clock) -> InboxRecord | None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            event = await replay(uow, event_id)
            if event is not None:
                await uow.audits.add("inbox.replay", f"Event {event_id} was queued again.", clock.now())
            return event

    if with_database(work) is None:
        raise RejectedInput(f"event {event_id}: nothing set aside has that number; see `inbox list`")
    click.echo(f"Event {event_id} is queued again.")
