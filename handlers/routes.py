"""Who answers what, in order: the first route that fits."""

from __future__ import annotations

from dataclasses import replace

from bot.messages import IncomingKind
from bot.nlu.advice import Adviser
from bot.nlu.requests import Request
from bot.notifications import ACKNOWLEDGE, CORRECT, HAND_BACK, SUMMARISE, TRANSLATE
from handlers import information, language
from handlers.admin.access import AskInPrivate
from handlers.admin.routes import admin_routes
from handlers.aids import Summarise, Translate
from handlers.answered import ListAnswered
from handlers.attention import SaySorry, is_unhappy
from handlers.base import Files, Handler, Turn
from handlers.citing import AnswerCited, is_cited
from handlers.corrections import CorrectJudgement
from handlers.fallback import Fallback
from handlers.filters import (
    Filter,
    command,
    command_of,
    either,
    every,
    from_guest,
    from_staff,
    in_group,
    pressed,
    requests,
)
from handlers.handing_back import LeaveToBot
from handlers.information import (
    NONE_OF_THESE,
    AnswerPressed,
    AnswerQuestion,
    ListInformation,
    OfferAnswers,
    is_answered,
    may_be_answered,
)
from handlers.language import AskLanguage, ChooseLanguage
from handlers.link_stay import (
    AskBooking,
    FollowLink,
    TakeBooking,
    TakeContact,
    TakeSurname,
    follows_link,
    may_be_booking,
    may_be_surname,
    shares_contact,
)
from handlers.media import KeepQuiet, NoteEdit, PassOn
from handlers.menu import INFORMATION, LANGUAGE, LINK_STAY, MENU, PERSON, ChoiceExpired, ShowMenu
from handlers.numbers import AskForNumber, is_off_the_list
from handlers.opt_out import OptIn, OptOut
from handlers.person import CallPerson
from handlers.presses import AnswersPress
from handlers.router import Route
from handlers.staff import RefuseEdit, RefuseStranger, ShowHelp, TakeAlert
from handlers.thanks import ReturnCourtesy, is_courtesy
from handlers.unanswered import PassOffered, PassQuestion, is_unanswered
from handlers.welcome import Welcome
from triggers.engine import Engine


def routes(engine: Engine, files: Files, adviser: Adviser | None = None) -> tuple[Route, ...]:
    """Return the whole table, first to last: admins, staff, guests."""
    others = Route("other_bot", lambda turn: not turn.is_meant, KeepQuiet())
    people = (*_gestures_of_staff(), *admin_routes(engine, files), *staff_routes(engine, adviser))
    return (others, *people, *guest_routes())


def guest_routes() -> tuple[Route, ...]:
    """Return the routes of guests. In groups there are no guests, so nobody there is answered by these."""
    content = (replace(route, takes_advice=True) for route in _content())
    listed = (*_first(), *_presses(), *_requests(), *_dialogues(), *content)
    return tuple(replace(route, filter=every(from_guest, route.filter)) for route in listed)


def staff_routes(engine: Engine, adviser: Adviser | None) -> tuple[Route, ...]:
    """Return the routes of the hotel's own people. They end with a help that answers everything in a chat of their
    own, and every command in a group, so routes for admins stand before them."""
    in_private = every(from_staff, _not(in_group))
    return (
        Route("staff.take", every(from_staff, pressed(ACKNOWLEDGE)), TakeAlert(engine)),
        Route("staff.hand_back", every(from_staff, pressed(HAND_BACK)), LeaveToBot()),
        Route("staff.correct", every(from_staff, pressed(CORRECT)), CorrectJudgement()),
        Route("staff.translate", every(from_staff, pressed(TRANSLATE)), Translate(adviser)),
        Route("staff.summarise", every(from_staff, pressed(SUMMARISE)), Summarise(adviser)),
        Route("staff.answers", every(in_private, command("answers")), ListAnswered()),
        Route("staff.in_private", every(from_staff, command("answers")), AskInPrivate()),
        Route("staff.stranger", every(in_group, _not(from_staff), _presses_alert), RefuseStranger()),
        Route("staff.help", either(in_private, every(from_staff, _is_command)), AnswersPress(ShowHelp())),
    )


def _gestures_of_staff() -> tuple[Route, ...]:
    """What the hotel's own people do to messages, and must not be taken for a command or an answer."""
    is_moving = every(_is_edit, _is(IncomingKind.location))
    is_refused = every(_is_edit, either(_not(in_group), _is_command))
    return (
        Route("staff.gesture", every(from_staff, either(_is(IncomingKind.reaction), is_moving)), KeepQuiet()),
        Route("staff.edit", every(from_staff, is_refused), RefuseEdit()),
    )


def _first() -> tuple[Route, ...]:
    """What is heard whatever else goes on."""
    return (
        Route("guest.reaction", _is(IncomingKind.reaction), KeepQuiet()),
        Route("guest.opt_out", _asks(Request.opt_out), OptOut()),
        Route("guest.edit", _is_edit, NoteEdit()),
        Route("guest.link", follows_link, FollowLink()),
        Route("guest.start", command("start"), Welcome()),
        Route("guest.contact", shares_contact, TakeContact()),
    )


def _presses() -> tuple[Route, ...]:
    listed: tuple[tuple[str, Filter, Handler], ...] = (
        ("menu", _is_press_of(MENU), ShowMenu()),
        ("information", _is_press_of(INFORMATION), ListInformation()),
        ("link", _is_press_of(LINK_STAY), AskBooking()),
        ("person", _is_press_of(PERSON), CallPerson()),
        ("language", _is_press_of(LANGUAGE), AskLanguage()),
        ("answer", pressed(information.PRESS), AnswerPressed()),
        ("none_of_these", pressed(NONE_OF_THESE), PassOffered()),
        ("choose_language", pressed(language.PRESS), ChooseLanguage()),
        ("expired", either(pressed(""), _is(IncomingKind.press)), ChoiceExpired()),
    )
    return tuple(Route(f"press.{name}", filter_, AnswersPress(handler)) for name, filter_, handler in listed)


def _requests() -> tuple[Route, ...]:
    """What a whole message can ask for; before dialogues, so that each can be left."""
    return (
        Route("guest.person", _asks(Request.person), CallPerson()),
        Route("guest.opt_in", _asks(Request.opt_in), OptIn()),
        Route("guest.language", _asks(Request.language), AskLanguage()),
        Route("guest.link_stay", _asks(Request.link_stay), AskBooking()),
        Route("guest.menu", _asks(Request.menu), ShowMenu()),
    )


def _dialogues() -> tuple[Route, ...]:
    return (
        Route("guest.booking", may_be_booking, TakeBooking()),
        Route("guest.surname", may_be_surname, TakeSurname()),
        Route("guest.number", is_off_the_list, AskForNumber()),
    )


def _content() -> tuple[Route, ...]:
    """What is left: complaints before all, and chat only while nobody else is answering."""
    kinds = (IncomingKind.media, IncomingKind.location, IncomingKind.contact, IncomingKind.unsupported)
    return (
        Route("guest.unhappy", is_unhappy, SaySorry()),
        Route("guest.media", either(*map(_is, kinds)), PassOn()),
        Route("guest.question", is_answered, AnswerQuestion()),
        Route("guest.cited_answer", is_cited, AnswerCited()),
        Route("guest.doubtful_question", may_be_answered, OfferAnswers()),
        Route("guest.greeting", every(_not(_is_escalated), _asks(Request.greeting)), Welcome()),
        Route("guest.courtesy", is_courtesy, ReturnCourtesy()),
        Route("guest.command", _is_command, ShowMenu()),
        Route("guest.unanswered", is_unanswered, PassQuestion()),
        Route("guest.fallback", lambda turn: True, Fallback()),
    )


_presses_alert = either(*map(pressed, (ACKNOWLEDGE, HAND_BACK, CORRECT, TRANSLATE, SUMMARISE)))


def _asks(request: Request) -> Filter:
    return every(lambda turn: turn.pressed is None, requests(request))


def _is(kind: IncomingKind) -> Filter:
    return lambda turn: turn.message.kind is kind


def _is_edit(turn: Turn) -> bool:
    return turn.message.is_edit


def _is_press_of(value: str) -> Filter:
    return lambda turn: turn.pressed == value


def _not(filter_: Filter) -> Filter:
    return lambda turn: not filter_(turn)


def _is_command(turn: Turn) -> bool:
    return bool(command_of(turn.text))


def _is_escalated(turn: Turn) -> bool:
    return turn.is_escalated
