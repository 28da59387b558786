from __future__ import annotations

import signal
import subprocess
import sys

_PROGRAM = """
import asyncio, re
from datetime import timedelta
from bot.cli.watchdog import watched

async def serve():
    async with watched(timedelta(seconds=0.2)):
        {work}

asyncio.run(serve())
"""


def _run(work: str) -> subprocess.CompletedProcess[str]:
    program = _PROGRAM.format(work=work)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def test_process_ends_and_says_where_when_its_loop_is_hogged() -> None:
    ended = _run("await asyncio.sleep(0); re.match('(a+)+b', 'a' * 60)")
    assert ended.returncode == -signal.SIGVTALRM
    assert "in serve" in ended.stderr


def test_process_goes_on_when_its_loop_gets_its_turns() -> None:
    ended = _run("await asyncio.sleep(1.5); print('done')")
    assert (ended.returncode, ended.stdout) == (0, "done\n")
