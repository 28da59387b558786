from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import make_url

from bot.channels.registry import import_clients
from bot.cli.checks.channels import check_public_url, is_same, judge_way
from bot.cli.checks.database import check_partitions, check_roles, check_tables, check_version, judge_skew
from bot.cli.checks.queues import judge_age
from bot.clock import SystemClock
from bot.security.encryption import new_key
from bot.simulator.world import Simulator
from bot.storage.engine import owner_connection
from tests.bot.cli.conftest import Operator, Reader
from tests.bot.cli.test_inbox import set_one_aside
from tests.databases import Database, connected
from tests.factories import NOW

TOKEN = "1:adler"


@contextmanager
def providers(prepare: Callable[[Simulator], object], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Play the providers in a thread of their own, since commands bring their own loop."""
    ready, stop = threading.Event(), threading.Event()
    urls: list[str] = []

    async def play() -> None:
        async with Simulator(SystemClock()) as simulator:
            prepare(simulator)
            urls.extend((simulator.telegram.url, simulator.green.url))
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(play()))
    thread.start()
    assert ready.wait(30)
    monkeypatch.setenv("BELLHOP_TELEGRAM_API", urls[0])
    monkeypatch.setenv("BELLHOP_GREEN_API", urls[1])
    try:
        yield
    finally:
        stop.set()
        thread.join()


def add_everybody(simulator: Simulator) -> None:
    simulator.telegram.add_bot(TOKEN, "adler_bot")
    simulator.telegram.add_bot("2:baer", "baer_bot")


@pytest.fixture
def equipped(hotel: Operator) -> Operator:
    """Two hotels that lack nothing."""
    import_clients()
    for slug in ("adler", "baer"):
        hotel.does("hotel", "staff-chat", "--hotel", slug, "--account", hotel.account(slug), "--chat", "-1")
        hotel.does("hotel", "staff", "--hotel", slug, "--name", "Eva", "--role", "admin", "--telegram-id", "7")
        answer = ("--intent", "wifi", "--language", "en", "--question", "wifi?", "--answer", "sun")
        hotel.does("hotel", "answer", "--hotel", slug, *answer)
    return hotel


@pytest.fixture
def months(settings: Database) -> None:
    asyncio.run(_make_months(settings))


async def _make_months(database: Database) -> None:
    today = SystemClock().now().date()
    async with connected(database.runtime_url) as runtime:
        await runtime.execute("SELECT ensure_message_partitions($1, $2)", today, today + timedelta(days=92))


def problems(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("✗")]


def test_finds_nothing_when_all_is_well(equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with providers(add_everybody, monkeypatch):
        result = equipped.tries("doctor")
    assert problems(result.output) == []
    assert result.exit_code == 0
    assert "✓ adler: telegram @adler_bot: active, polled" in result.output
    assert TOKEN not in result.output


def test_tells_a_refused_token_from_a_missing_network_when_channels_fail(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with providers(lambda simulator: simulator.telegram.add_bot("2:baer", "baer_bot"), monkeypatch):
        refused = equipped.tries("doctor")
    silent = equipped.tries("doctor")
    (line,) = problems(refused.output)
    assert "adler: telegram @adler_bot" in line
    assert "@BotFather" in line
    assert refused.exit_code == 1
    assert len(problems(silent.output)) == 2
    assert all("can't be reached" in line for line in problems(silent.output))
    assert TOKEN not in refused.output + silent.output


def test_names_the_bot_that_a_token_belongs_to_when_it_is_not_the_one_named(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(simulator: Simulator) -> None:
        simulator.telegram.add_bot(TOKEN, "another_bot")
        simulator.telegram.add_bot("2:baer", "Baer_Bot")

    with providers(prepare, monkeypatch):
        (line,) = problems(equipped.tries("doctor").output)
    assert "@adler_bot: its credentials are those of @another_bot" in line
    assert "remove the account" in line


def test_asks_nobody_about_the_channels_that_the_demo_plays(operator: Operator, months: None) -> None:
    place = ("--timezone", "Europe/Berlin", "--language", "en")
    operator.does("hotel", "add", "--name", "Bellevue", "--slug", "bellevue", *place)
    bot = ("--hotel", "bellevue", "--username", "bellevue_bot")
    operator.does("hotel", "channel", "add-telegram", *bot, typed="700000001:demo")
    said = operator.tries("doctor").output
    assert "✓ bellevue: telegram @bellevue_bot: the demo's own, so no provider is asked" in said
    assert not any("@bellevue_bot" in line for line in problems(said))


def test_says_what_a_number_needs_when_it_is_not_authorised(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(simulator: Simulator) -> None:
        add_everybody(simulator)
        instance = simulator.green.add_instance(1101, "s3cr3t", "+4930900100")
        simulator.green.set_state(instance, "notAuthorized")

    number = ("--hotel", "adler", "--phone", "+4930900100", "--instance", "1101")
    equipped.does("hotel", "channel", "add-green", *number, typed="s3cr3t")
    with providers(prepare, monkeypatch):
        (line,) = problems(equipped.tries("doctor").output)
    assert "disconnected" in line
    assert "authorise the instance" in line


def test_names_what_a_hotel_lacks_when_it_was_only_added(operator: Operator, months: None) -> None:
    hotel = ("--name", "Haus", "--slug", "haus", "--timezone", "Europe/Berlin", "--language", "de")
    operator.does("hotel", "add", *hotel)
    lacking = [line.split(": ")[1] for line in problems(operator.tries("doctor").output)]
    assert lacking == ["channels", "staff chat", "admins", "answers"]


def test_says_that_alerts_reach_nobody_when_their_account_was_switched_off(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    equipped.does("hotel", "channel", "remove", "--hotel", "adler", equipped.account())
    with providers(add_everybody, monkeypatch):
        found = problems(equipped.tries("doctor").output)
    assert [line.split(": ")[1] for line in found] == ["channels", "staff chat"]
    assert "switched off" in found[1]


def test_names_the_setting_when_the_provider_keeps_what_staff_write_on_the_hotels_phone(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def play(simulator: Simulator) -> None:
        add_everybody(simulator)
        simulator.green.add_instance(1101, "s3cr3t", "+4930900100", settings={"outgoingMessageWebhook": "no"})

    number = ("--hotel", "adler", "--phone", "+49 30 900100", "--instance", "1101")
    equipped.does("hotel", "channel", "add-green", *number, typed="s3cr3t")
    with providers(play, monkeypatch):
        (line,) = problems(equipped.tries("doctor").output)
    assert "outgoingMessageWebhook is switched off" in line
    assert "python -m bot run" in line


def test_says_who_gets_alerts_instead_when_there_is_no_staff_chat(
    hotel: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotel.does("hotel", "staff", "--hotel", "adler", "--name", "Eva", "--role", "admin", "--telegram-id", "7")
    with providers(add_everybody, monkeypatch):
        found = problems(hotel.tries("doctor").output)
    assert [line.split(": ")[2] for line in found if ": staff chat: " in line] == [
        "it is not set, so alerts go to the admins' own chats",
        "it is not set, so alerts reach nobody",
    ]


def test_names_the_missing_key_when_credentials_are_sealed_with_another(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key()
    monkeypatch.setenv("BELLHOP_ENCRYPTION_KEYS", f"next:{key}")
    with providers(add_everybody, monkeypatch):
        result = equipped.tries("doctor")
    sealed, *accounts = problems(result.output)
    assert "sealed with unknown keys (main)" in sealed
    assert all("lacks the key 'main'" in line for line in accounts)
    assert key not in result.output


def test_counts_old_keys_when_a_new_one_was_set(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELLHOP_ENCRYPTION_KEYS", f"next:{new_key()},{os.environ['BELLHOP_ENCRYPTION_KEYS']}")
    with providers(add_everybody, monkeypatch):
        result = equipped.tries("doctor")
    assert result.exit_code == 0
    assert "2 with old keys: `python -m bot keys rotate`" in result.output


def test_goes_on_without_channels_when_there_is_no_key(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BELLHOP_ENCRYPTION_KEYS")
    result = equipped.tries("doctor")
    (line,) = problems(result.output)
    assert "BELLHOP_ENCRYPTION_KEYS is not set" in line
    assert "✓ adler: answers: ok" in result.output


def test_asks_the_provider_for_pushes_when_a_public_address_is_set(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELLHOP_PUBLIC_URL", "https://desk.example:1234")
    with providers(add_everybody, monkeypatch):
        address, *accounts = problems(equipped.tries("doctor").output)
    assert "Telegram doesn't push to port 1234" in address
    assert len(accounts) == 2
    assert all("does not push to BELLHOP_PUBLIC_URL" in line for line in accounts)


def test_says_which_login_is_refused_when_a_password_is_wrong(
    operator: Operator, settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(settings.app_url).set(password="geheim")
    monkeypatch.setenv("BELLHOP_DATABASE_APP_URL", url.render_as_string(hide_password=False))
    result = operator.tries("doctor")
    assert any(line.startswith("✗ app login: ") and "password is wrong" in line for line in problems(result.output))
    assert result.exit_code == 1
    assert "geheim" not in result.output


def test_says_that_it_is_not_migrated_when_the_database_is_empty(
    operator: Operator, settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres = make_url(settings.owner_url).set(database="template1").render_as_string(hide_password=False)
    for name in ("", "APP_", "RUNTIME_"):
        monkeypatch.setenv(f"BELLHOP_DATABASE_{name}URL", postgres)
    found = [line for line in problems(operator.tries("doctor").output) if "migrations" in line]
    assert "not at" in found[0]
    assert "python -m bot migrate" in found[0]


def test_refuses_a_login_that_sees_every_hotel_when_it_is_to_serve(
    operator: Operator, settings: Database, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELLHOP_DATABASE_APP_URL", settings.admin_url)
    assert any("can get around row level security" in line for line in problems(operator.tries("doctor").output))


def test_looks_at_the_tables_when_the_owners_login_is_not_known(
    equipped: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BELLHOP_DATABASE_URL")
    with providers(add_everybody, monkeypatch):
        result = equipped.tries("doctor")
    assert "✓ migrations: every table of this release is there" in result.output
    assert result.exit_code == 0


def test_says_that_redis_does_not_answer_when_it_is_away(
    operator: Operator, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELLHOP_REDIS_URL", "redis://:geheim@127.0.0.1:1/0")
    result = operator.tries("doctor")
    (line,) = problems(result.output)
    assert "Redis doesn't answer (ConnectionError)" in line
    assert "geheim" not in result.output


def test_names_the_setting_when_it_can_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLHOP_DATABASE_URL", "mysql://root:geheim@db/x")
    result = Operator().tries("doctor")
    assert result.exit_code == 1
    assert "BELLHOP_DATABASE_URL can't be used" in result.output
    assert "geheim" not in result.output


def test_counts_by_hotel_when_events_were_set_aside(
    equipped: Operator, reader: Reader, months: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(set_one_aside(reader))
    with providers(add_everybody, monkeypatch):
        (line,) = problems(equipped.tries("doctor").output)
    assert "could not be handled (adler 1)" in line


async def test_names_the_missing_when_tables_or_partitions_are_away(new_database: Database) -> None:
    async with owner_connection(new_database.owner_url) as owner:
        assert "none yet" in (await check_partitions(owner, NOW.date())).line()
        await owner.exec_driver_sql("SELECT ensure_message_partitions('2031-01-01', '2031-01-01')")
        assert not (await check_partitions(owner, NOW.date().replace(year=2031, month=1))).is_well
        await owner.exec_driver_sql("ALTER TABLE guests DROP COLUMN tags CASCADE")
        assert "public.guests.tags" in (await check_tables(owner)).problem.replace(
            "guests.tags", "public.guests.tags"
        )
        assert (await check_roles(owner)).is_well


@pytest.mark.parametrize(
    ("is_migrated", "remedy"), [(False, "run `python -m bot migrate`"), (True, "first restore the roles")]
)
async def test_says_where_roles_come_from_when_the_server_lacks_them(
    new_database: Database, monkeypatch: pytest.MonkeyPatch, is_migrated: bool, remedy: str
) -> None:
    monkeypatch.setattr("bot.cli.checks.database.APP_ROLE", "bellhop_lost")
    async with owner_connection(new_database.owner_url) as owner:
        if not is_migrated:
            await owner.exec_driver_sql("DROP TABLE hotels CASCADE")
        finding = await check_roles(owner)
    assert (finding.problem, finding.is_well) == ("bellhop_lost missing", False)
    assert finding.remedy.startswith(remedy)


@pytest.mark.parametrize(("number", "is_well"), [
    (140018, False), (150013, False), (150014, True), (160009, False), (160010, True), (170005, False),
    (170006, True), (180000, True),
])  # fmt: skip
def test_refuses_a_server_when_its_row_level_security_is_known_to_leak(number: int, is_well: bool) -> None:
    assert check_version(number).is_well is is_well


@pytest.mark.parametrize(
    ("there", "is_well"), [(-2.1, False), (-2, True), (0, True), (0.5, True), (1, True), (3, True), (3.1, False)]
)
def test_allows_for_the_time_of_asking_when_clocks_are_compared(there: float, is_well: bool) -> None:
    """The answer took a second."""
    assert judge_skew(NOW, NOW + timedelta(seconds=there), NOW + timedelta(seconds=1)).is_well is is_well


@pytest.mark.parametrize(("age", "is_well"), [(None, True), (60, True), (61, False)])
def test_asks_whether_it_runs_when_work_waits_long(age: int | None, is_well: bool) -> None:
    assert judge_age("inbox", None if age is None else timedelta(seconds=age)).is_well is is_well


@pytest.mark.parametrize(
    ("webhook", "public_url", "is_well"),
    [
        (None, None, True),
        ("https://a.example/webhooks/telegram/k3y", "https://a.example", True),
        ("https://b.example/webhooks/telegram/k3y", "https://a.example", False),
        ("https://b.example/webhooks/telegram/k3y", None, False),
        (None, "https://a.example", False),
    ],
)
def test_says_so_when_the_provider_brings_events_another_way(
    webhook: str | None, public_url: str | None, is_well: bool
) -> None:
    finding = judge_way("adler", webhook, public_url)
    assert finding.is_well is is_well
    assert "k3y" not in finding.line()


@pytest.mark.parametrize(
    ("url", "is_well"),
    [(None, True), ("https://a.example", True), ("https://a.example:8443", True), ("https://a.example:444", False)],
)
def test_knows_the_ports_that_are_pushed_to_when_a_public_address_is_set(url: str | None, is_well: bool) -> None:
    assert check_public_url(url).is_well is is_well


@pytest.mark.parametrize(
    ("address", "actual", "is_one"),
    [
        ("@Adler_Bot", "@adler_bot", True),
        ("@adler_bot", "@baer_bot", False),
        ("+4930900100", "+4930900100", True),
        ("+525512345678", "+5215512345678", True),
        ("+4930900100", "+4930900101", False),
    ],
)
def test_knows_an_address_when_the_provider_writes_it_differently(address: str, actual: str, is_one: bool) -> None:
    assert is_same(address, actual) is is_one
