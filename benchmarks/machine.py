"""What the figures were made on: without it they say nothing."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine as a reader would ask for it. `load` is the one-minute load before the run began."""

    cores: int
    processor: str
    memory_bytes: int
    system: str
    python: str
    load: float

    def __str__(self) -> str:
        return f"{self.cores} cores, {self.processor}, {self.memory_bytes / 2**30:.0f} GiB of memory, {self.system}"

    def lines(self) -> list[str]:
        """Return it as lines of a list."""
        return [
            str(self),
            f"Python {self.python}",
            f"load of the machine before the run: {self.load:.1f}",
        ]


def this_machine() -> Machine:
    """Look at the machine that we run on."""
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        processor=_processor(),
        memory_bytes=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=psutil.getloadavg()[0],
    )


def _processor() -> str:
    """Return the model's name; Linux tells it in a file only."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(errors="replace").splitlines() if told.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
