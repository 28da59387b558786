"""Files over the wire of every channel: handed to us, and handed over by us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.channels.base import SendRecord
from bot.errors import InDoubt, PermanentError, TransientError
from bot.messages import Attachment, AttachmentKind, IncomingMessage, OutgoingFile, OutgoingMessage, Platform
from bot.simulator.faults import Fault
from bot.simulator.history import Kind
from tests.contracts.channels import Rig, open_rig, reader

RULES = "version: 1 # Добро пожаловать 🛎\n"
EXPORT = OutgoingMessage("Here they are.", file=OutgoingFile("triggers.yaml", "application/yaml", RULES))
MOST = 1000


@pytest.fixture(params=list(Platform), ids=str)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    async with open_rig(request.param) as opened:
        yield opened


async def given_file(rig: Rig, content: bytes) -> Attachment:
    """Let the guest hand a document over, and return what the channel makes of it."""
    rig.hand_over("rules.yaml", content)
    found = None
    while (batch := await rig.channel.fetch()).events:
        for incoming in (each for event in batch.events for each in reader(rig).parse(event.payload)):
            if isinstance(incoming, IncomingMessage) and incoming.attachments:
                (found,) = incoming.attachments
        await rig.channel.acknowledge(batch)
    assert found is not None
    return found


async def test_a_document_can_be_read_when_somebody_hands_it_over(rig: Rig) -> None:
    attachment = await given_file(rig, RULES.encode())
    assert (attachment.kind, attachment.file_name) == (AttachmentKind.document, "rules.yaml")
    assert await rig.channel.download(attachment, MOST) == RULES.encode()


async def test_a_document_is_not_read_whole_when_it_is_larger_than_asked_for(rig: Rig) -> None:
    attachment = await given_file(rig, b"x" * 300_000)
    for told in (attachment, replace(attachment, size=None)):
        with pytest.raises(PermanentError, match="larger"):
            await rig.channel.download(told, MOST)


async def test_a_document_is_refused_when_the_provider_does_not_keep_it(rig: Rig) -> None:
    attachment = await given_file(rig, RULES.encode())
    gone = replace(attachment, provider_file_id="gone", url=(attachment.url or "").replace("/media/", "/media/9"))
    with pytest.raises(PermanentError):
        await rig.channel.download(gone, MOST)


async def test_a_document_can_be_asked_for_again_when_nobody_listens(rig: Rig) -> None:
    attachment = await given_file(rig, RULES.encode())
    async with rig.elsewhere("http://127.0.0.1:9") as unheard:
        unheard_of = replace(attachment, url="http://127.0.0.1:9/media/1/rules.yaml")
        with pytest.raises(TransientError):
            await unheard.download(unheard_of, MOST)


async def test_no_other_server_is_asked_when_a_document_lies_elsewhere() -> None:
    async with open_rig(Platform.whatsapp_green) as rig:
        elsewhere = Attachment(AttachmentKind.document, url="http://127.0.0.2:80/secrets")
        with pytest.raises(PermanentError, match="no address"):
            await rig.channel.download(elsewhere, MOST)


async def test_the_file_arrives_with_its_words_when_it_is_sent(rig: Rig) -> None:
    message_id = await rig.channel.send(rig.chat_id, EXPORT)
    seen = await rig.sim.until(lambda: [each for each in rig.seen() if "document" in each.kind and rig.seen()])
    assert seen[-1].id == message_id
    assert rig.open_file(seen[-1]).decode() == RULES
    assert [each.text for each in rig.seen() if each.text] == ["Here they are."]


async def test_long_words_go_before_the_file_when_they_have_no_room_below_it(rig: Rig) -> None:
    words = " ".join(str(number) for number in range(600))
    await rig.channel.send(rig.chat_id, replace(EXPORT, text=words))
    await rig.sim.until(lambda: [each for each in rig.seen() if "document" in each.kind])
    first, last = rig.seen()
    assert (first.text, last.text) == (words, "")


async def test_a_file_is_found_in_the_journal_when_its_sending_is_in_doubt() -> None:
    async with open_rig(Platform.whatsapp_green) as rig:
        since = datetime.now(UTC)
        rig.fail(Fault.reset(took_effect=True), rig.file_method)
        with pytest.raises(InDoubt):
            await rig.channel.send(rig.chat_id, EXPORT)
        (seen,) = await rig.sim.until(lambda: [each for each in rig.seen() if "document" in each.kind])
        assert await rig.channel.find_sent(rig.chat_id, EXPORT, since) == SendRecord(seen.id)


async def test_a_file_is_not_sent_again_when_nobody_knows_whether_it_arrived(rig: Rig) -> None:
    rig.fail(Fault.reset(took_effect=True), rig.file_method)
    with pytest.raises(InDoubt):
        await rig.channel.send(rig.chat_id, EXPORT)
    assert len(rig.sim.history.of(method=rig.file_method, kind=Kind.invoke)) == 1
