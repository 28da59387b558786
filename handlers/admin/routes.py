"""The routes of admins: commands, buttons, and the dialogue that makes a trigger."""

from __future__ import annotations

from handlers.admin import unanswered
from handlers.admin.access import AskForName, AskInPrivate, RefuseStaff, ShowAdminHelp
from handlers.admin.answering import (
    REWORD,
    BeginAnswer,
    LeaveAnswer,
    SaveAnswer,
    TakeAnswerText,
    leaves_answer,
    writes_answer,
)
from handlers.admin.answering import SAVE as SAVE_ANSWER
from handlers.admin.composing import BeginEdit, BeginTrigger, CancelDraft, TakeAnswer, is_answer, is_cancel
from handlers.admin.editing import EditInOneLine, edits_in_one_line
from handlers.admin.hotel_times import PRESS as HOTEL
from handlers.admin.hotel_times import HandleHotel
from handlers.admin.pausing import SwitchAll, is_for_all
from handlers.admin.previewing import PreviewTrigger
from handlers.admin.questions import PRESS as ANSWER
from handlers.admin.staff_chat import SetStaffChat
from handlers.admin.stays import HandleStay
from handlers.admin.trigger_export import ExportTriggers
from handlers.admin.trigger_import import PRESS as IMPORT
from handlers.admin.trigger_import import ImportTriggers, TakeTriggers, hands_over_triggers
from handlers.admin.trigger_list import NEW, PAGE, ListTriggers
from handlers.admin.triggers import HandleTrigger
from handlers.admin.trying import TryTrigger
from handlers.admin.unanswered import DismissQuestions, ListQuestions
from handlers.admin.why import PRESS as WHY
from handlers.admin.why import ExplainFiring
from handlers.admin.wishes import PRESS as TRIGGER
from handlers.admin.wishes import Action, wishes
from handlers.base import Files, Handler, Turn
from handlers.filters import (
    Filter,
    arguments_of,
    command,
    either,
    every,
    from_admin,
    from_staff,
    in_group,
    in_name_of_group,
    pressed,
)
from handlers.presses import AnswersPress
from handlers.router import Route
from triggers.engine import Engine

_IN_PRIVATE = ("triggers", "trigger", "why", "stay", "hotel", "questions")
_STAFF_CHAT = "staffchat"
_NEW_WORDS = frozenset({"new", "add", "новый", "новое", "новая", "создать"})
_EXPORT_WORDS = frozenset({"export", "экспорт", "выгрузи", "выгрузить"})
_IMPORT_WORDS = frozenset({"import", "импорт", "загрузи", "загрузить"})


def admin_routes(engine: Engine, files: Files) -> tuple[Route, ...]:
    """Return the routes of admins, and the refusal of everybody else of the hotel who tries them."""
    own = (
        Route(f"admin.{name}", every(_in_own_chat, holds), AnswersPress(what)) for name, holds, what in _own(engine)
    )
    return (
        Route("admin.anonymous", every(in_name_of_group, command(*_IN_PRIVATE, _STAFF_CHAT)), AskForName()),
        Route("admin.refused", every(from_staff, _is_no_admin, command(*_IN_PRIVATE, _STAFF_CHAT)), RefuseStaff()),
        Route("admin.staff_chat", every(from_admin, command(_STAFF_CHAT)), SetStaffChat()),
        Route("admin.in_private", every(from_admin, in_group, command(*_IN_PRIVATE)), AskInPrivate()),
        Route("admin.file", every(_in_own_chat, hands_over_triggers), TakeTriggers(engine, files)),
        Route("admin.try", every(_in_own_chat, wishes(Action.attempt)), AnswersPress(TryTrigger()), reads_apart=True),
        *own,
    )


def _own(engine: Engine) -> tuple[tuple[str, Filter, Handler], ...]:
    """What is heard in an admin's own chat with the bot."""
    return (
        ("help", command("help", "start"), ShowAdminHelp()),
        ("questions", either(command("questions"), pressed(unanswered.PAGE)), ListQuestions()),
        ("dismiss_questions", pressed(unanswered.DISMISS), DismissQuestions()),
        ("begin_answer", pressed(unanswered.WRITE), BeginAnswer()),
        ("leave_answer", leaves_answer, LeaveAnswer()),
        ("save_answer", pressed(SAVE_ANSWER), SaveAnswer()),
        ("take_answer", either(pressed(REWORD), writes_answer), TakeAnswerText()),
        ("cancel", is_cancel, CancelDraft()),
        ("all", is_for_all, SwitchAll(engine)),
        ("triggers", either(command("triggers"), pressed(PAGE)), ListTriggers()),
        ("new", either(every(command("trigger"), _says(_NEW_WORDS)), _presses_new), BeginTrigger(engine)),
        ("export", every(command("trigger"), _says(_EXPORT_WORDS)), ExportTriggers()),
        ("import", either(every(command("trigger"), _says(_IMPORT_WORDS)), pressed(IMPORT)), ImportTriggers(engine)),
        ("edit_line", edits_in_one_line, EditInOneLine(engine)),
        ("edit", wishes(Action.edit), BeginEdit()),
        ("preview", wishes(Action.preview), PreviewTrigger()),
        ("trigger", either(command("trigger"), pressed(TRIGGER)), HandleTrigger(engine)),
        ("why", either(command("why"), pressed(WHY)), ExplainFiring(engine)),
        ("stay", command("stay"), HandleStay(engine)),
        ("hotel", either(command("hotel"), pressed(HOTEL)), HandleHotel(engine)),
        ("answer", either(pressed(ANSWER), is_answer), TakeAnswer(engine)),
    )


def _in_own_chat(turn: Turn) -> bool:
    return from_admin(turn) and not in_group(turn)


def _is_no_admin(turn: Turn) -> bool:
    return not from_admin(turn)


def _says(words: frozenset[str]) -> Filter:
    return lambda turn: arguments_of(turn.text).partition(" ")[0].casefold() in words


def _presses_new(turn: Turn) -> bool:
    return turn.pressed == NEW
