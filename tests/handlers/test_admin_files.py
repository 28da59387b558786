from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages import Attachment, AttachmentKind, IncomingKind, Platform
from models.enums import UserRole
from tests.factories import NOW
from tests.handlers.admins import Heard, Worker, add_trigger, audits_of, hire, triggers_of
from tests.handlers.conversing import House
from triggers.exchange.packs import open_pack
from triggers.exchange.reading import read_document

CHANNELS = list(Platform)


def file_of(said: Heard) -> tuple[str, str]:
    (file,) = [reply.file for reply in said.replies if reply.file]
    return file.name, file.text


@pytest.mark.parametrize("platform", CHANNELS)
async def test_a_ready_set_is_shown_first_and_written_when_an_admin_agrees(house: House, platform: Platform) -> None:
    await house.book("Anna", check_in=NOW + timedelta(days=5), check_out=NOW + timedelta(days=8))
    admin = await hire(house, platform)
    said = await admin.write("/trigger import hotel")
    assert "+ “Before arrival”: new\nFits 1 stays now; planned for the next 7 days: 1." in said.text
    assert "+ “After a complaint”: new\nPlanned for the next 7 days: 0." in said.text
    assert said.labels == ["Write", "Leave as it is"]
    assert await triggers_of(house) == []
    said = await admin.tap("Write")
    assert said.text.startswith("Written: 8 new, 0 changed, 0 deleted.\nIn the plan: 9 added")
    assert [trigger.name for trigger in await triggers_of(house)] == [
        entry.name for entry in open_pack("hotel", "en").triggers
    ]
    assert [(one.action, one.user_id is None) for one in await audits_of(house)] == [("trigger.created", False)] * 8


async def test_nothing_is_written_when_an_admin_leaves_it(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger import hotel")
    assert (await admin.tap("Leave")).text == "Left as it was. Nothing was written."
    assert await triggers_of(house) == []
    assert "nothing to write any more" in (await admin.press("imp:write")).text
    assert await triggers_of(house) == []


async def test_it_is_written_once_when_the_button_is_pressed_twice(house: House) -> None:
    admin = await hire(house)
    write, _ = (await admin.write("/trigger import hotel")).choices
    await admin.press(write.value)
    assert "nothing to write any more" in (await admin.press(write.value)).text
    assert len(await triggers_of(house)) == 8


async def test_what_is_not_in_the_file_is_named_and_deleted_only_when_that_is_asked_for(house: House) -> None:
    await add_trigger(house, "my own")
    admin = await hire(house)
    said = await admin.write("/trigger import hotel")
    assert "Not in the file, stays as it is: my own." in said.text
    said = await admin.write("/trigger import hotel replace")
    assert "− “my own”: deleted" in said.text
    assert "1 deleted" in (await admin.tap("Write")).text
    assert "my own" not in [trigger.name for trigger in await triggers_of(house)]


async def test_there_is_nothing_to_press_when_all_is_as_the_file_says(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger import hotel")
    await admin.tap("Write")
    said = await admin.write("/trigger import hotel")
    assert said.text == "Everything is as the file says already: there is nothing to write."
    assert said.labels == []


@pytest.mark.parametrize(("words", "name"), [("", "adler.yaml"), (" json", "adler.json")])
async def test_all_triggers_come_as_a_file_when_an_admin_asks(house: House, words: str, name: str) -> None:
    await add_trigger(house, "welcome", priority=3, is_active=False)
    said = await (await hire(house)).write(f"/trigger export{words}")
    found, text = file_of(said)
    assert found == f"triggers-{name}"
    (entry,) = read_document(text.encode()).triggers
    assert (entry.name, entry.priority, entry.active) == ("welcome", 3, False)


async def test_there_is_no_file_when_there_are_no_triggers(house: House) -> None:
    said = await (await hire(house)).write("/trigger export")
    assert said.text == "There are no automatic messages yet."


async def test_the_ready_sets_are_named_when_none_is_meant(house: House) -> None:
    admin = await hire(house)
    for words in ("/trigger import", "/trigger import hostel"):
        assert "There is: hotel" in (await admin.write(words)).text


async def test_all_is_russian_when_the_admin_reads_russian(house: House) -> None:
    admin = await hire(house, language="ru")
    said = await admin.write("/trigger импорт hotel")
    assert "+ «Before arrival»: новое" in said.text
    assert said.labels == ["Записать", "Оставить как было"]
    assert (await admin.tap("Записать")).text.startswith("Записано: новых 8, изменено 0, удалено 0.")


async def test_another_dialogue_goes_on_when_a_set_was_looked_at_meanwhile(house: House) -> None:
    admin = await hire(house)
    await admin.write("/trigger new")
    await admin.write("/trigger import hotel")
    await admin.tap("Leave")
    assert "You have one begun" in (await admin.write("/trigger new")).text


async def send_file(worker: Worker, name: str) -> Heard:
    attachment = Attachment(AttachmentKind.document, provider_file_id="1", file_name=name)
    return await worker.write("", kind=IncomingKind.media, attachments=(attachment,))


async def test_a_file_is_asked_for_again_when_the_bot_can_not_fetch_it(house: House) -> None:
    # No account of these hotels has credentials that open.
    assert "send it again" in (await send_file(await hire(house), "rules.yaml")).text


async def test_a_file_is_not_looked_at_when_it_is_no_set_of_triggers(house: House) -> None:
    admin = await hire(house)
    assert (await send_file(admin, "passport.pdf")).route != "admin.file"
    assert (await send_file(admin.in_group(), "rules.yaml")).route != "admin.file"
    assert (await send_file(await hire(house, role=UserRole.staff), "rules.yaml")).route != "admin.file"


async def test_nothing_is_deleted_when_the_button_of_an_earlier_preview_is_pressed(house: House) -> None:
    await add_trigger(house, "my own")
    admin = await hire(house)
    harmless, _ = (await admin.write("/trigger import hotel")).choices
    assert "− “my own”: deleted" in (await admin.write("/trigger import hotel replace")).text
    assert "nothing to write any more" in (await admin.press(harmless.value)).text
    assert [trigger.name for trigger in await triggers_of(house)] == ["my own"]
    assert "1 deleted" in (await admin.tap("Write")).text
