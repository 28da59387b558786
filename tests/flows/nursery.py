"""What the nursery of bot processes loads, once for all of them: a fork has what its parent has read."""

from __future__ import annotations

import tests.flows.bot_process
import tests.flows.house  # noqa: F401 - loads the clients and the language model
from bot.texts import Texts

Texts()
