"""Who is told what admins can do, and who is not."""

from __future__ import annotations

from bot.messages import OutgoingMessage
from handlers.base import Outcome, Reply, Turn


class RefuseStaff(Reply):
    """Tells one of the hotel's people that this is for admins."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((OutgoingMessage(turn.say("admin-only"), thread_id=turn.message.thread_id),))


class AskForName(Reply):
    """Tells an admin of the group who writes in its name that nobody can see who it is."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((OutgoingMessage(turn.say("admin-anonymous"), thread_id=turn.message.thread_id),))


class AskInPrivate(Reply):
    """Keeps rules and guests' data out of groups."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((OutgoingMessage(turn.say("admin-in-private"), thread_id=turn.message.thread_id),))


class ShowAdminHelp(Reply):
    """Lists the commands."""

    def think(self, turn: Turn, loaded: None) -> Outcome:
        return Outcome((turn.reply("admin-help"),))
