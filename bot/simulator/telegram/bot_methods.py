"""The methods about the bot itself, its chats, topics, files and how it hears of updates."""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.telegram.delivery import check_writable, find_chat
from bot.simulator.telegram.params import Params
from bot.simulator.telegram.people import Bot, Group, Wire
from bot.simulator.telegram.refusal import bad
from bot.simulator.telegram.state import State
from bot.simulator.telegram.updates import Webhook

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ADMIN_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
)


class BotMethods:
    """One method of this class per method of the Bot API; the name is the wire's name in lower case."""

    def __init__(self, state: State) -> None:
        self._state = state

    def getme(self, bot: Bot, params: Params) -> Wire:
        abilities = {
            "can_join_groups": True,
            "can_read_all_group_messages": bot.reads_all_in_groups,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        return bot.wire() | abilities

    def setwebhook(self, bot: Bot, params: Params) -> bool:
        updates = self._state.updates[bot.id]
        url, secret = params.text("url"), params.text("secret_token")
        if not url:
            return self.deletewebhook(bot, params)
        # Like a local Bot API server, which takes plain HTTP; the public one insists on HTTPS.
        if not url.startswith(("http://", "https://")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        self._allow(bot, params)
        if params.flag("drop_pending_updates"):
            updates.drop()
        connections = min(max(params.integer("max_connections", 40), 1), 100)
        updates.set_webhook(Webhook(url, secret, connections))
        return True

    def deletewebhook(self, bot: Bot, params: Params) -> bool:
        updates = self._state.updates[bot.id]
        if params.flag("drop_pending_updates"):
            updates.drop()
        updates.set_webhook(None)
        return True

    def getwebhookinfo(self, bot: Bot, params: Params) -> Wire:
        updates = self._state.updates[bot.id]
        info: Wire = {
            "url": updates.webhook.url if updates.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(updates.pending),
        }
        if updates.webhook is not None:
            info["max_connections"] = updates.webhook.max_connections
        if updates.allowed:
            info["allowed_updates"] = list(updates.allowed)
        info.update(self._state.settings[bot.id].get("webhook_error", {}))
        return info

    def _allow(self, bot: Bot, params: Params) -> None:
        if not params.has("allowed_updates"):
            return
        names = params.json("allowed_updates", "allowed updates")
        if not isinstance(names, list):
            raise bad("can't parse allowed updates JSON object")
        self._state.updates[bot.id].allowed = tuple(map(str, names))

    def allow_updates(self, bot: Bot, params: Params) -> None:
        """Remember getUpdates' allowed_updates: it holds for later calls too."""
        self._allow(bot, params)

    def getchat(self, bot: Bot, params: Params) -> Wire:
        chat_id = find_chat(self._state, bot, params)
        room = self._state.room(bot.id, chat_id)
        return room.chat | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}

    def getchatmember(self, bot: Bot, params: Params) -> Wire:
        group = self._group(bot, params)
        user_id = params.integer("user_id")
        if user_id in group.bots:
            return administrator(self._state.bots[user_id].wire())
        if user_id in group.members:
            return {"status": "member", "user": group.members[user_id].wire()}
        if user_id in self._state.users:
            return {"status": "left", "user": self._state.users[user_id].wire()}
        raise bad("user not found")

    def getchatadministrators(self, bot: Bot, params: Params) -> list[Wire]:
        return [administrator(self._state.bots[bot_id].wire()) for bot_id in sorted(self._group(bot, params).bots)]

    def getchatmembercount(self, bot: Bot, params: Params) -> int:
        group = self._group(bot, params)
        return len(group.members) + len(group.bots)

    def leavechat(self, bot: Bot, params: Params) -> bool:
        self._group(bot, params).bots.discard(bot.id)
        return True

    def createforumtopic(self, bot: Bot, params: Params) -> Wire:
        group = self._forum(bot, params)
        if not 1 <= len(params.text("name")) <= 128:
            raise bad("TOPIC_NAME_INVALID")
        return self._state.add_topic(group, bot, params.text("name"), params.integer("icon_color"))

    def editforumtopic(self, bot: Bot, params: Params) -> bool:
        group, thread = self._topic(bot, params)
        group.topics[thread] = params.text("name") or group.topics[thread]
        self._state.changes.tell()
        return True

    def closeforumtopic(self, bot: Bot, params: Params) -> bool:
        self._topic(bot, params)
        return True

    def reopenforumtopic(self, bot: Bot, params: Params) -> bool:
        self._topic(bot, params)
        return True

    def getfile(self, bot: Bot, params: Params) -> Wire:
        file_id = params.text("file_id")
        if file_id not in self._state.files:
            raise bad("invalid file_id")
        size = len(self._state.files[file_id])
        return {
            "file_id": file_id,
            "file_unique_id": file_id[-10:],
            "file_size": size,
            "file_path": f"files/{file_id}",
        }

    def sendchataction(self, bot: Bot, params: Params) -> bool:
        check_writable(self._state, bot, find_chat(self._state, bot, params))
        return True

    def setmycommands(self, bot: Bot, params: Params) -> bool:
        commands = params.json("commands", "commands")
        if not isinstance(commands, list):
            raise bad("can't parse commands: expected an Array of BotCommand")
        for command in map(_as_object, commands):
            if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", "")).removeprefix("/")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", ""))) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self._state.settings[bot.id]["commands", _scope(params)] = commands
        return True

    def getmycommands(self, bot: Bot, params: Params) -> list[Wire]:
        commands: list[Wire] = self._state.settings[bot.id].get(("commands", _scope(params)), [])
        return commands

    def deletemycommands(self, bot: Bot, params: Params) -> bool:
        self._state.settings[bot.id].pop(("commands", _scope(params)), None)
        return True

    def setmyname(self, bot: Bot, params: Params) -> bool:
        return self._set_profile(bot, params, "name", 64)

    def setmydescription(self, bot: Bot, params: Params) -> bool:
        return self._set_profile(bot, params, "description", 512)

    def setmyshortdescription(self, bot: Bot, params: Params) -> bool:
        return self._set_profile(bot, params, "short_description", 120)

    def getmyname(self, bot: Bot, params: Params) -> Wire:
        return {"name": self._profile(bot, params, "name") or bot.name}

    def getmydescription(self, bot: Bot, params: Params) -> Wire:
        return {"description": self._profile(bot, params, "description")}

    def getmyshortdescription(self, bot: Bot, params: Params) -> Wire:
        return {"short_description": self._profile(bot, params, "short_description")}

    def _set_profile(self, bot: Bot, params: Params, name: str, limit: int) -> bool:
        if len(params.text(name)) > limit:
            raise bad(f"{name} is too long")
        self._state.settings[bot.id][name, params.text("language_code")] = params.text(name)
        return True

    def _profile(self, bot: Bot, params: Params, name: str) -> str:
        return str(self._state.settings[bot.id].get((name, params.text("language_code")), ""))

    def _group(self, bot: Bot, params: Params) -> Group:
        chat_id = find_chat(self._state, bot, params)
        if chat_id not in self._state.groups:
            raise bad("method is available only for groups")
        check_writable(self._state, bot, chat_id)
        return self._state.groups[chat_id]

    def _forum(self, bot: Bot, params: Params) -> Group:
        group = self._group(bot, params)
        if not group.forum:
            raise bad("the chat is not a forum")
        return group

    def _topic(self, bot: Bot, params: Params) -> tuple[Group, int]:
        group = self._forum(bot, params)
        thread = params.integer("message_thread_id")
        if thread not in group.topics:
            raise bad("TOPIC_ID_INVALID")
        return group, thread


_GIFTS = {
    "unlimited_gifts": True,
    "limited_gifts": True,
    "unique_gifts": True,
    "premium_subscription": True,
    "gifts_from_channels": True,
}


def administrator(user: Wire) -> Wire:
    """A bot's or person's ChatMemberAdministrator."""
    rights: dict[str, Any] = dict.fromkeys(_ADMIN_RIGHTS, True) | {"is_anonymous": False, "can_be_edited": False}
    return {"status": "administrator", "user": user, **rights}


def _as_object(value: Any) -> Wire:
    if not isinstance(value, dict):
        raise bad("can't parse BotCommand: expected an Object")
    return value


def _scope(params: Params) -> str:
    return f"{params.text('scope')}/{params.text('language_code')}"
