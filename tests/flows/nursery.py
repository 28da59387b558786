"""What the nursery of bot processes imports, once for all of them."""

from __future__ import annotations

import bot.channels.telegram.client
import bot.channels.whatsapp_green.client  # noqa: F401
import tests.flows.bot_process  # noqa: F401
from bot.nlu.analysis import Analyser
from bot.texts import Texts

# Both read their files once per process, and a fork has what its parent has read.
Analyser().analyse("Where is my key?")
Texts()
