"""Hotels, their channels, people and answers."""

from __future__ import annotations

from uuid import UUID

import click

from bot.cli.api_keys import api_key
from bot.cli.change_hotel import change
from bot.cli.context import hotel_called, hotel_option, with_database
from bot.cli.people import dismiss, people, staff
from bot.cli.phone import Phone
from bot.cli.token import token_option
from bot.clock import Clock
from bot.config import Settings
from bot.enrolment import NewAccount, enrol_account, enrol_hotel
from bot.errors import RejectedInput
from bot.hotel_settings import HotelSettings, StaffChat
from bot.messages import Platform
from bot.notifications import Desk
from bot.security.key_file import key_ring
from bot.storage.unit_of_work import Database
from bot.texts import Texts, language_code
from models.base import new_id


@click.group()
def hotel() -> None:
    """Add hotels, their channels, people and answers."""


hotel.add_command(api_key)
hotel.add_command(change)
hotel.add_command(staff)
hotel.add_command(people)
hotel.add_command(dismiss)


@hotel.command()
@click.option("--name", required=True)
@click.option("--slug", required=True, help="Its short name in commands: small Latin letters, digits, hyphens.")
@click.option("--timezone", required=True, help="IANA name, such as Europe/Berlin.")
@click.option("--language", required=True, help="Spoken where a guest's language is unknown, such as ru or en.")
@click.option("--company", help="The hotel group.")
def add(name: str, slug: str, timezone: str, language: str, company: str | None) -> None:
    """Add a hotel."""

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        await enrol_hotel(database, name, slug, timezone, language, company)

    with_database(work)
    click.echo(f"{name} is in, as {slug}.")


@hotel.command("list")
def list_hotels() -> None:
    """List the hotels."""

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        for slug, hotel_id in sorted((await database.claims.hotels()).items()):
            async with database.unit(hotel_id) as uow:
                found = await uow.hotels.get()
                click.echo(f"{slug}\t{found.name}\t{found.timezone}\t{found.default_language}")

    with_database(work)


@hotel.group()
def channel() -> None:
    """Connect bots and numbers; the running house picks changes up by itself."""


@channel.command("add-telegram")
@hotel_option
@click.option("--username", required=True, help="The bot's @name.")
@token_option("BOT_TOKEN", "From @BotFather.")
def add_telegram(slug: str, username: str, token: str) -> None:
    """Connect a Telegram bot. Give the token at the prompt, by a pipe or in BOT_TOKEN, so that no shell keeps it."""
    address = "@" + username.removeprefix("@")
    _connect(slug, NewAccount(Platform.telegram, address, {"bot_token": token}))


@channel.command("add-green")
@hotel_option
@click.option("--phone", type=Phone(), required=True, help="The number in international form.")
@click.option("--instance", required=True, help="idInstance.")
@token_option("GREEN_TOKEN", "apiTokenInstance.")
def add_green(slug: str, phone: str, instance: str, token: str) -> None:
    """Connect a Green API instance. Give the token at the prompt, by a pipe or in GREEN_TOKEN."""
    _connect(slug, NewAccount(Platform.whatsapp_green, phone, {"id_instance": instance, "api_token": token}))


def _connect(slug: str, account: NewAccount) -> None:
    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            await enrol_account(uow, key_ring(settings), account)
            await uow.audits.add("channel.add", f"{account.platform} {account.address} was connected.", clock.now())

    with_database(work)
    click.echo(f"{account.platform} {account.address} is connected.")


@channel.command("list")
@hotel_option
def list_channels(slug: str) -> None:
    """List the hotel's accounts and what each can do now."""

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            for account in await uow.accounts.all():
                reason = account.status_reason or ""
                click.echo(f"{account.id}\t{account.platform}\t{account.address}\t{account.status}\t{reason}")

    with_database(work)


@channel.command("remove")
@hotel_option
@click.argument("account_id", type=click.UUID)
def remove_channel(slug: str, account_id: UUID) -> None:
    """Switch an account off; what was said with it stays."""

    async def work(settings: Settings, database: Database, clock: Clock) -> bool:
        async with database.unit(await hotel_called(database, slug)) as uow:
            await uow.audits.add("channel.remove", f"Account {account_id} was switched off.", clock.now())
            return await uow.accounts.disable(account_id)

    if not with_database(work):
        raise RejectedInput(f"{account_id}: this hotel has no such account that is on; see `hotel channel list`")
    click.echo("It is switched off.")


@hotel.command("staff-chat")
@hotel_option
@click.option("--account", "account_id", type=click.UUID, required=True, help="Its bot; see `hotel channel list`.")
@click.option("--chat", required=True, help="The group's number, such as -1001234567890.")
@click.option("--topic", help="A forum topic's number.")
def staff_chat(slug: str, account_id: UUID, chat: str, topic: str | None) -> None:
    """Say where alerts go. (An admin can also write /staffchat in the group.)"""

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            if await uow.accounts.get(account_id) is None:
                raise RejectedInput(
                    f"--account {account_id}: this hotel has no such account; see `hotel channel list`"
                )
            chosen = StaffChat(account_id=account_id, address=chat, thread_id=topic)
            await uow.hotels.change_settings(HotelSettings.changes(staff_chat=chosen))
            await Desk(Texts(), clock).tell_late(uow, account_id, chat, new_id().hex)
            await uow.audits.add("hotel.staff_chat", "The staff chat was set.", clock.now())

    with_database(work)
    click.echo("Alerts go there from now on.")


@hotel.command("answer")
@hotel_option
@click.option("--intent", required=True, help="A short name, such as wifi; one answer per intent.")
@click.option("--language", required=True, help="Such as ru or en; give the command once per language.")
@click.option("--question", "questions", multiple=True, required=True, help="A way to ask; may be repeated.")
@click.option("--answer", required=True)
def save_answer(slug: str, intent: str, language: str, questions: tuple[str, ...], answer: str) -> None:
    """Write down one of the hotel's own answers."""
    language = language_code(language)
    for option, *words in (("--intent", intent), ("--question", *questions), ("--answer", answer)):
        if not all(word.strip() for word in words):
            raise RejectedInput(f"{option}: write something")

    async def work(settings: Settings, database: Database, clock: Clock) -> None:
        async with database.unit(await hotel_called(database, slug)) as uow:
            known = next((item for item in await uow.knowledge.all() if item.intent == intent), None)
            asked = {**(known.questions if known else {}), language: list(questions)}
            answers = {**(known.answers if known else {}), language: answer}
            await uow.knowledge.save(intent, asked, answers)
            await uow.audits.add("knowledge.save", f"The answer {intent} was written.", clock.now())

    with_database(work)
    click.echo(f"{intent} is written down in {language}.")
