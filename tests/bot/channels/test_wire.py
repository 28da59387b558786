"""Did the request leave? The answer decides whether a message may be sent again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta

import pytest

from bot.channels.wire import LARGEST_ANSWER, Wire, is_same_address, scrubbed, seconds_to_wait
from bot.errors import BellhopError, InDoubt, TransientError

SOON = timedelta(seconds=0.5)
IN_TIME = timedelta(seconds=10)
TOKEN = "123456:canary-token"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(talk: Talk) -> AsyncIterator[str]:
    """Listen on loopback and give every connection to `talk`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1")
    async with listening:
        yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"


async def whole_request(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if length := re.search(rb"(?i)content-length: (\d+)", head):
        await reader.readexactly(int(length[1]))


async def failure(address: str, *, repeatable: bool = False) -> BellhopError:
    url = f"{address}/bot{TOKEN}/send"
    async with Wire() as wire:
        with pytest.raises((TransientError, InDoubt)) as raised:
            await wire.ask("POST", url, within=SOON, repeatable=repeatable, data={"text": "hello"})
    assert TOKEN not in str(raised.value)
    return raised.value


async def hang_up_unread(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def hang_up_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)


async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def answer_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()


async def answer_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await whole_request(reader)
    writer.write(b"\x00\x01 what?\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize("talk", [hang_up_unread, hang_up_read, stay_silent, answer_half, answer_nonsense])
async def test_nobody_guesses_when_a_request_left_and_no_whole_answer_came(talk: Talk) -> None:
    async with server(talk) as address:
        assert type(await failure(f"http://{address}")) is InDoubt
        assert type(await failure(f"http://{address}", repeatable=True)) is TransientError


async def test_a_retry_is_safe_when_the_handshake_fails() -> None:
    async with server(stay_silent) as address:
        assert type(await failure(f"https://{address}")) is TransientError
    async with server(answer_nonsense) as address:
        assert type(await failure(f"https://{address}")) is TransientError


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://nowhere.invalid", "http://[::1", "nonsense"])
async def test_a_retry_is_safe_when_nobody_can_be_reached(address: str) -> None:
    assert type(await failure(address)) is TransientError


async def test_a_request_is_made_once_when_its_connection_dies() -> None:
    heard = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        await whole_request(reader)
        heard += 1

    async with server(count) as address:
        await failure(f"http://{address}")
    assert heard == 1


async def test_an_answer_is_cut_off_when_it_has_no_end() -> None:
    async def never_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b"100000\r\n" + bytes(0x100000) + b"\r\n")
                await writer.drain()

    async with server(never_end) as address, Wire() as wire:
        answer = await wire.ask("POST", f"http://{address}", within=IN_TIME, repeatable=False)
    assert LARGEST_ANSWER < len(answer.body) < LARGEST_ANSWER + 0x200000


async def test_a_new_connection_is_made_when_the_server_closed_the_idle_one() -> None:
    closed = asyncio.Event()

    async def one_answer_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    async with server(one_answer_each) as address, Wire() as wire:
        for _ in range(5):
            closed.clear()
            answer = await wire.ask("POST", f"http://{address}/x", within=IN_TIME, repeatable=False, data={"a": "b"})
            assert answer.body == b"ok"
            await closed.wait()
            await asyncio.sleep(0)


class HangingUp:
    """A server that answers once on each connection, says nothing of that, and drops what comes after unread."""

    def __init__(self) -> None:
        self.answered = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        self.answered += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        await reader.read(1)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_message_is_sent_when_the_server_drops_connections_that_are_used_again(method: str) -> None:
    dropping = HangingUp()
    async with server(dropping.talk) as address, Wire() as wire:
        for _ in range(3):
            asked = await wire.ask(method, f"http://{address}/read", within=IN_TIME, repeatable=True)
            sent = None
            if dropping.answered > 1:
                sent = await wire.ask("POST", f"http://{address}/send", within=IN_TIME, repeatable=False)
            assert asked.body == b"ok"
    assert sent is not None
    assert dropping.answered == 5


async def test_a_connection_serves_sends_again_when_the_server_has_dropped_only_one() -> None:
    opened = 0

    async def drop_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        for _ in range(1 if opened == 1 else 9):
            await whole_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        await reader.read(1)

    async with server(drop_first) as address, Wire() as wire:
        for _ in range(4):  # on the first connection, twice for the second answer, and on one that stays
            await wire.ask("POST", f"http://{address}/read", within=IN_TIME, repeatable=True)
        before = opened
        for _ in range(3):
            await wire.ask("POST", f"http://{address}/send", within=IN_TIME, repeatable=False)
    assert opened == before


async def test_a_retry_is_safe_when_the_channel_was_closed_meanwhile() -> None:
    wire = Wire()
    await wire.__aexit__()
    async with wire:
        pass
    with pytest.raises(TransientError, match="closed"):
        await wire.ask("GET", "http://127.0.0.1:9", within=SOON, repeatable=True)


async def test_nobody_guesses_when_the_channel_is_closed_during_a_request() -> None:
    arrived = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        arrived.set()
        await reader.read()

    async with server(hold) as address, Wire() as wire:
        asking = asyncio.ensure_future(wire.ask("POST", f"http://{address}/x", within=IN_TIME, repeatable=False))
        await arrived.wait()
        await wire.__aexit__()
        with pytest.raises(InDoubt):
            await asking


async def test_the_channel_closes_when_the_time_of_a_request_has_run_out_in_this_very_turn() -> None:
    arrived, hung_up = asyncio.Event(), asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        arrived.set()
        await reader.read()
        hung_up.set()

    async with server(hold) as address, Wire() as wire:
        asking = asyncio.ensure_future(wire.ask("POST", f"http://{address}/x", within=IN_TIME, repeatable=False))
        await arrived.wait()
        (patience,) = wire._asking
        patience.reschedule(0)
        while not patience.expired():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
        assert not asking.done()
        await wire.__aexit__()
        with pytest.raises(InDoubt):
            await asking
        async with asyncio.timeout(5):
            await hung_up.wait()


async def test_one_connection_serves_many_accounts_when_they_ask_one_after_another() -> None:
    opened = 0

    async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        for _ in range(5):
            await whole_request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()

    async with server(answer_all) as address, AsyncExitStack() as accounts:
        for _ in range(5):
            wire = await accounts.enter_async_context(Wire())
            answer = await wire.ask("GET", f"http://{address}/x", within=IN_TIME, repeatable=True)
            assert answer.body == b"ok"
    assert opened == 1


async def test_the_others_hear_their_answers_when_an_account_is_closed() -> None:
    arrived, answers = asyncio.Semaphore(0), asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await whole_request(reader)
        arrived.release()
        await answers.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()

    async with server(hold) as address, Wire() as closed, Wire() as other:
        asking = [
            asyncio.ensure_future(wire.ask("POST", f"http://{address}/x", within=IN_TIME, repeatable=False))
            for wire in (closed, other)
        ]
        for _ in asking:
            await arrived.acquire()
        await closed.__aexit__()
        with pytest.raises(InDoubt):
            await asking[0]
        answers.set()
        assert (await asking[1]).body == b"ok"


async def test_a_second_opening_is_refused_when_the_wire_is_open() -> None:
    async with Wire() as wire:
        with pytest.raises(AssertionError):
            await wire.__aenter__()


def test_secrets_and_long_numbers_are_gone_when_words_are_scrubbed() -> None:
    words = scrubbed(f"bot{TOKEN} can't write to +79991234567: {'x' * 500}", TOKEN)
    assert TOKEN not in words
    assert "79991234567" not in words
    assert len(words) <= 200


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [(7, 7), (0, 0), ("7", 7), (1.5, 1.5), (10**9, 86_400), ("9" * 99, 86_400)],
)
def test_a_wait_is_taken_when_it_makes_sense(asked: object, seconds: float) -> None:
    assert seconds_to_wait(asked) == timedelta(seconds=seconds)


@pytest.mark.parametrize("asked", [None, True, -1, "soon", "", [], float("nan")])
def test_a_wait_is_left_out_when_it_makes_no_sense(asked: object) -> None:
    assert seconds_to_wait(asked) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "https://hôtel.example/webhooks/~a?b=1",
        "https://xn--htel-vqa.example:443/webhooks/%7ea/?b=1",
    ],
)
def test_an_address_is_known_when_it_is_spelt_in_another_way(spelling: str) -> None:
    assert is_same_address("https://hôtel.example:443/webhooks/~a?b=1", spelling)


@pytest.mark.parametrize(
    "other",
    [
        "http://hotel.example/webhooks/a",
        "https://hotel.example:8443/webhooks/a",
        "https://motel.example/webhooks/a",
        "https://hotel.example/webhooks/A",
        "https://hotel.example/webhooks",
        "https://hotel.example/webhooks/a?b",
        "https://[",
        "hotel",
    ],
)
def test_an_address_is_another_when_it_leads_elsewhere(other: str) -> None:
    assert not is_same_address("https://hotel.example/webhooks/a", other)
    assert not is_same_address(other, "https://hotel.example/webhooks/a")
