"""One conversation, one kill, one new start: and what must be true afterwards."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import asyncpg
from sqlalchemy import make_url

from bot.database import Logins
from bot.messages import Choice, Platform
from bot.simulator.chats import ChatMessage
from bot.simulator.faults import Fault
from bot.simulator.history import Kind, Record
from handlers.menu import MENU
from tests.databases import Database, TestServer, connected
from tests.flows.bot_process import BotProcess
from tests.flows.house import SORRY, Scene, open_scene
from tests.flows.proxy import Boundary, Moment, PostgresProxy

COMPLAINT = "The room is filthy and nobody answers"
SCRIPT = ("What is the wifi password?", COMPLAINT, "When is breakfast?")
NOTICE, REQUEST, TAG = "We were sorry for it", "Flowers for the guest", "complained"
ACTIONS = json.dumps([{"notify_staff": NOTICE}, {"open_request": REQUEST}, {"add_tag": TAG}])
SETTLED_WITHIN = 60.0
PATIENCE = timedelta(minutes=3)
"""Longer than the time for which a provider's journal may lack a message."""

_WAITING = """
    SELECT (SELECT count(*) FROM inbox_events WHERE state = 'queued')
         + (SELECT count(*) FROM chats WHERE claim_token IS NOT NULL OR ready_at IS NOT NULL)
         + (SELECT count(*) FROM outbox o JOIN channel_accounts a ON a.id = o.account_id
            WHERE state IN ('queued', 'sending') OR lease_token IS NOT NULL
               OR (state = 'sent' AND platform = 'whatsapp_green'))
         + (SELECT count(*) FROM trigger_firings WHERE status = 'scheduled' AND due_at <= $1) AS work,
           (SELECT count(*) FROM outbox WHERE state = 'in_doubt' AND doubt_reported_at IS NULL) AS doubts,
           (SELECT count(*) FROM messages WHERE role = 'guest') AS heard
"""
_HEARD = "SELECT content FROM messages WHERE role = 'guest' ORDER BY created_at, id"
_SAID = """
    SELECT o.state, o.attempts, o.content->>'text' AS text FROM outbox o JOIN chats c USING (hotel_id)
    WHERE c.id = o.chat_id
       AND c.account_id = $1 AND c.address = $2 AND o.content->>'answers_press' IS NULL ORDER BY o.id
"""


@dataclass(frozen=True, slots=True)
class Death:
    """Where the bot dies: at a commit, or in a call of a provider."""

    boundary: Boundary
    moment: Moment
    server: str | None = None

    def __str__(self) -> str:
        return f"{self.moment} {self.server or 'commit'} {self.boundary}"


@dataclass(slots=True)
class Story:
    """What became of one conversation: which boundaries it passed, and everything that is wrong with it."""

    death: Death | None = None
    died: bool = False
    commits: list[Boundary] = field(default_factory=list)
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    replies: list[str] = field(default_factory=list)
    in_doubt: int = 0
    wrong: list[str] = field(default_factory=list)
    log: str = ""


class Theatre:
    """Plays the conversation of one platform, each time in a database and a world of its own."""

    def __init__(self, server: TestServer, template: Database, platform: Platform) -> None:
        self._server = server
        self._template = template
        self._platform = platform

    async def play(self, death: Death | None, expected: list[str] | None = None) -> Story:
        """Play once; `expected` is what the guest is told when nothing goes wrong."""
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(self._server.new_database(self._template))
            scene = await stack.enter_async_context(open_scene(database))
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            connection = await stack.enter_async_context(connected(database.admin_url))
            play = await stack.enter_async_context(_Play(scene, connection, self._platform, death, Path(folder)))
            await play.perform(expected)
        return play.story


class _Play:
    def __init__(
        self, scene: Scene, connection: asyncpg.Connection, platform: Platform, death: Death | None, folder: Path
    ) -> None:
        self.story = Story(death)
        self._scene = scene
        self._connection = connection
        self._guest = scene.guest(platform)
        self._folder = folder
        self._bot: BotProcess | None = None
        self._killed = asyncio.Event()
        url = make_url(scene.database.admin_url)
        self._proxy = PostgresProxy(url.host or "", url.port or 5432, self._meet, self._kill)

    async def __aenter__(self) -> Self:
        await self._proxy.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._bot is not None:
            self._bot.kill()
            await self._bot.gone()
        await self._proxy.__aexit__(*exc)

    async def perform(self, expected: list[str] | None) -> None:
        await self._scene.offer(self._guest.platform, "Welcome to the Bellevue.", Choice(MENU, "Menu"))
        for text in SCRIPT[:2]:
            self._guest.write(text)
        self._guest.press(MENU)
        self._guest.write(SCRIPT[2])
        await self._connection.execute("UPDATE triggers SET actions = $1 WHERE name = 'sorry'", ACTIONS)
        self._start()
        async with self._hunting():
            try:
                async with asyncio.timeout(SETTLED_WITHIN):
                    await self._settle()
            except TimeoutError:
                self.story.wrong.append(f"not done after {SETTLED_WITHIN} s: {await self._waiting()}")
        await self._judge(expected)
        self.story.log = (self._folder / "log").read_text()

    def _start(self) -> None:
        direct = self._scene.logins()
        logins = Logins(None, self._proxy.url_for(direct.app), self._proxy.url_for(direct.runtime))
        environ = self._scene.environ(BELLHOP_LOG_LEVEL="info", BELLHOP_DATABASE_POOL_SIZE="2")
        self._bot = BotProcess(environ, logins, self._scene.clock, self._folder / "log")
        self._bot.start()

    def _meet(self, boundary: Boundary) -> Moment | None:
        """Note a commit, and say whether the bot dies there."""
        death = self.story.death
        if self.story.died:
            return None
        self.story.commits.append(boundary)
        is_here = death is not None and death.server is None and death.boundary == boundary
        return death.moment if death and is_here else None

    def _kill(self) -> None:
        if self._bot is not None and not self.story.died:
            self._bot.kill()
            self.story.died = True
            self._killed.set()

    @asynccontextmanager
    async def _hunting(self) -> AsyncIterator[None]:
        """Start the bot again once it is dead, and kill it in the provider's call where that is wanted."""
        tasks = [asyncio.create_task(self._start_again())]
        death = self.story.death
        if death is not None and death.server is not None:
            tasks.append(asyncio.create_task(self._kill_in_call(death, death.server)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _start_again(self) -> None:
        await self._killed.wait()
        assert self._bot is not None, "something was killed"
        await self._bot.gone()
        self._start()

    async def _kill_in_call(self, death: Death, server: str) -> None:
        simulator = self._scene.simulator
        faults = simulator.telegram.faults if server == "telegram" else simulator.green.faults
        fault = Fault.silence(took_effect=death.moment is Moment.after)
        faults.program(fault, method=death.boundary.what, skip=death.boundary.nth - 1)
        await simulator.until(lambda: any("fault" in r.payload for r in simulator.history.records), SETTLED_WITHIN)
        self._kill()

    async def _settle(self) -> None:
        """Wait until nothing waits any more, here and at the providers."""
        while True:
            work, doubts, heard = await self._waiting()
            pending = self._pending()
            if not work and not pending and heard >= len(SCRIPT) + 1:
                if not doubts:
                    return
                self._scene.clock.move(PATIENCE)
            await asyncio.sleep(0.25)

    async def _waiting(self) -> tuple[int, int, int]:
        row = await self._connection.fetchrow(_WAITING, self._scene.clock.now())
        assert row is not None, "the query always gives a row"
        return row["work"], row["doubts"], row["heard"]

    def _pending(self) -> int:
        simulator = self._scene.simulator
        return len(simulator.telegram.pending(self._scene.bot)) + len(simulator.green.pending(self._scene.instance))

    async def _judge(self, expected: list[str] | None) -> None:
        self._count_calls()
        heard = [row["content"] for row in await self._connection.fetch(_HEARD)]
        self._demand(heard == [*SCRIPT[:2], "Menu", SCRIPT[2]], "heard, once and in order", heard)
        account = self._scene.accounts[self._guest.platform]
        rows = await self._connection.fetch(_SAID, account, self._guest.address)
        self.story.replies = [row["text"] for row in rows if row["text"] != SORRY]
        self._demand(expected in (None, self.story.replies), "every reply", self.story.replies)
        self._judge_said(rows, self._guest.said()[1:])
        firings = await self._rows("SELECT f.status FROM trigger_firings f WHERE f.occurrence = 'negative_sentiment'")
        self._demand(firings == ["fired"], "one firing", firings)
        beside = await self._rows("SELECT description FROM service_requests")
        self._demand(beside == [REQUEST], "one request", beside)
        tags = await self._rows("SELECT unnest(tags) FROM guests")
        self._demand(tags == [TAG], "one tag", tags)
        raised = await self._rows(f"SELECT content FROM staff_notifications WHERE content LIKE '{NOTICE}%'")
        self._demand(len(raised) == 1, "one notice", raised)
        states = await self._rows("SELECT DISTINCT state::text FROM inbox_events")
        self._demand(states == ["done"], "every event done", states)
        self._judge_alerts([row["text"] for row in rows if row["state"] == "in_doubt"])

    def _judge_said(self, rows: list[asyncpg.Record], said: list[ChatMessage]) -> None:
        """The guest sees the rows in their order, each once.

        Only one in doubt may be missing, or come later once the journal has shown that it never left.
        """
        left = [message.text for message in said]
        late = [row["text"] for row in rows if row["attempts"] > 1]
        for text in late:
            found = [seen for seen in left if seen.startswith(text)]
            self._demand(len(found) == 1, "a message that was sent again seen once", found)
            left = [seen for seen in left if seen not in found]
        for row in [row for row in rows if row["text"] not in late]:
            if left and left[0].startswith(row["text"]):
                left.pop(0)
                known = {"delivered"} if self._guest.platform is Platform.whatsapp_green else {"sent", "in_doubt"}
            else:
                known = {"in_doubt"}
            self._demand(row["state"] in known, "a state that is true", tuple(row))
        self._demand(not left, "nothing said twice", [message.text for message in said])
        self._demand(sum(row["text"] == SORRY for row in rows) == 1, "one automatic message", rows)
        self.story.in_doubt = sum(row["state"] == "in_doubt" for row in rows)
        is_sure = self._guest.platform is Platform.whatsapp_green
        self._demand(self.story.in_doubt <= (0 if is_sure else 1), "doubts settled", rows)

    def _judge_alerts(self, doubtful: list[str]) -> None:
        """Staff see the complaint, a repeated alert says so, and they hear of every doubt."""
        alerts = self._scene.alerts()
        complaints = [alert for alert in alerts if "filthy" in alert and "It is unknown" not in alert]
        self._demand(bool(complaints), "an alert", alerts)
        repeated = [alert for alert in complaints[1:] if not alert.startswith("(Repeated")]
        self._demand(not repeated, "repeats that say so", alerts)
        for text in doubtful:
            told = [alert for alert in alerts if "unknown whether the guest got this" in alert and text in alert]
            self._demand(bool(told), "staff told of a doubt", alerts)

    def _count_calls(self) -> None:
        ended = [r for r in self._scene.simulator.history.records if r.kind is not Kind.invoke and r.call is not None]
        self.story.calls = Counter((r.server, r.method) for r in ended if not _is_idle(r))

    async def _rows(self, query: str) -> list[Any]:
        return [row[0] for row in await self._connection.fetch(query)]

    def _demand(self, is_so: bool, what: str, found: object) -> None:
        if not is_so:
            self.story.wrong.append(f"wanted {what}, found {found}")


def _is_idle(record: Record) -> bool:
    """Whether a poll brought nothing."""
    answer = record.payload.get("answer")
    return answer is None or (record.method == "getUpdates" and not answer.get("result"))
