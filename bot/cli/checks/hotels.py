"""What a hotel needs besides channels: people, a place for alerts, answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.cli.checks.finding import Finding
from bot.hotel_settings import HotelSettings
from bot.storage.unit_of_work import UnitOfWork
from bot.ways import ways_to_people
from models.enums import AccountStatus


async def check_hotel(slug: str, uow: UnitOfWork) -> AsyncIterator[Finding]:
    """Give one finding per thing that a hotel can't do without."""
    command = "`python -m bot hotel"
    accounts = {each.id for each in await uow.accounts.all() if each.status is not AccountStatus.disabled}
    yield _wanted(f"{slug}: channels", bool(accounts), "none is connected", f"{command} channel add-telegram`")
    settings = HotelSettings.model_validate((await uow.hotels.get()).settings)
    chat = settings.staff_chat
    about, remedy = f"{slug}: staff chat", f"{command} staff-chat`, or write /staffchat in the group as an admin"
    has_others = bool(await ways_to_people(uow, settings))
    instead = "so alerts go to the admins' own chats" if has_others else "so alerts reach nobody"
    if chat is not None and chat.account_id not in accounts:
        yield Finding(about, problem=f"its account is switched off, {instead}", remedy=remedy)
    else:
        yield _wanted(about, chat is not None, f"it is not set, {instead}", remedy)
    has_admin = any(user.is_admin for user in await uow.users.all())
    yield _wanted(f"{slug}: admins", has_admin, "there is none", f"{command} staff --role admin`")
    has_answers = bool(await uow.knowledge.all())
    yield _wanted(f"{slug}: answers", has_answers, "none is written down", f"{command} answer`")


def _wanted(about: str, is_there: bool, problem: str, remedy: str) -> Finding:
    return Finding(about) if is_there else Finding(about, problem=problem, remedy=remedy)
