"""The database can only be read, since it is a standby or its disk is full: the house waits until that is over."""

from __future__ import annotations

from structlog.testing import capture_logs

from bot.messages import Platform
from bot.storage.engine import APP_ROLE, RUNTIME_ROLE
from tests.flows.house import Scene, eventually

_END_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'bellhop'
"""


async def test_a_message_is_answered_once_when_the_database_could_only_be_read_for_a_while(scene: Scene) -> None:
    guest = scene.guest(Platform.telegram)
    with capture_logs() as logs:
        async with scene.serving():
            await eventually(lambda: scene.rows("SELECT FROM channel_accounts HAVING every(status = 'active')"))
            await _let_sessions_begin(scene, "SET default_transaction_read_only = on")
            await scene.rows(_END_SESSIONS)
            guest.write("What is the wifi password?")
            await scene.simulator.until(lambda: any("read-only" in str(line.get("error")) for line in logs))
            # Who comes now may write; who came before still may not.
            await _let_sessions_begin(scene, "RESET default_transaction_read_only")
            await scene.simulator.until(guest.said)
    assert ["sunny-terrace" in message.text for message in guest.said()] == [True]
    assert not scene.alerts(), "nothing was set aside or in doubt"


async def _let_sessions_begin(scene: Scene, how: str) -> None:
    (row,) = await scene.rows("SELECT current_database() AS name")
    for role in (APP_ROLE, RUNTIME_ROLE):
        await scene.rows(f"ALTER ROLE {role} IN DATABASE {row['name']} {how}")
