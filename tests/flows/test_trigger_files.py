"""A hotel's triggers leave as a file and come back changed, over both wires."""

from __future__ import annotations

import pytest

from bot.messages import Platform
from tests.flows.admins import Admin
from tests.flows.house import Scene, eventually

BOTH = pytest.mark.parametrize("platform", list(Platform))
NEWS = """
  - name: pillow
    type: time_based
    conditions:
      days_before_checkout: 1
      at: 18:00
    text: Would you like another pillow?
"""


@BOTH
async def test_a_changed_file_is_previewed_and_written_when_an_admin_sends_it_back(
    scene: Scene, platform: Platform
) -> None:
    admin = Admin(scene, platform)
    await admin.hire()
    async with scene.serving():
        admin.write("/trigger export")
        exported = admin.open_file(await admin.hears(lambda message: "document" in message.kind))
        assert "name: welcome" in exported
        admin.send("triggers.yaml", exported.replace("Welcome to", "Hello in") + NEWS)
        preview = await admin.hears(lambda message: bool(message.buttons))
        assert "~ “welcome”: changed (text)" in preview.text
        assert "+ “pillow”: new\nFits 2 stays now; planned for the next 7 days: 2." in preview.text
        assert await _names(scene) == ["welcome", "sorry"]
        admin.press(preview, "Write")
        await eventually(lambda: _is_written(scene))
        written = await admin.hears(lambda message: message.text.startswith("Written"))
    counts, plan, *rows = written.text.splitlines()
    assert (counts, plan) == (
        "Written: 1 new, 1 changed, 0 deleted.",
        "In the plan: 2 added, 0 moved, 0 cancelled.",
    )
    assert rows == [f"+ 22 November 2026, 18:00: {guest}" for guest in ("Anna, BV-501", "Ivan, BV-214")]
    (row,) = await scene.rows("SELECT message_template FROM triggers WHERE name = 'welcome'")
    assert row["message_template"].startswith("Hello in")


@BOTH
async def test_every_mistake_is_named_and_nothing_written_when_a_file_has_some(
    scene: Scene, platform: Platform
) -> None:
    admin = Admin(scene, platform)
    await admin.hire()
    mistaken = "version: 1\ntriggers:" + NEWS.replace("pillow?", "{{ guest.nam }}?").replace("days_b", "dais_b")
    async with scene.serving():
        admin.send("rules.yml", mistaken)
        refusal = await admin.hears(lambda message: "Nothing was written" in message.text)
    assert "• triggers[0].conditions.dais_before_checkout" in refusal.text
    assert "Did you mean “days_before_checkout”?" in refusal.text
    assert "• triggers[0].text\n" in refusal.text
    assert "Did you mean “guest.name”?" in refusal.text
    assert not refusal.buttons
    assert await _names(scene) == ["welcome", "sorry"]


@BOTH
async def test_an_admin_is_asked_to_send_it_again_when_a_file_is_too_large(scene: Scene, platform: Platform) -> None:
    admin = Admin(scene, platform)
    await admin.hire()
    async with scene.serving():
        admin.send("rules.yaml", "#" * 300_000)
        await admin.hears(lambda message: "more than 256 KB" in message.text)


async def _is_written(scene: Scene) -> bool:
    return await _names(scene) == ["welcome", "sorry", "pillow"]


async def _names(scene: Scene) -> list[str]:
    rows = await scene.rows("SELECT name FROM triggers WHERE deleted_at IS NULL ORDER BY number")
    return [row["name"] for row in rows]
