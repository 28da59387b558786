from __future__ import annotations

import pytest

from bot.nlu.requests import Request, recognise


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("STOP", Request.opt_out),
        ("Stop!!!", Request.opt_out),
        ("стоп 🙏", Request.opt_out),
        ("Please, unsubscribe me", Request.opt_out),
        ("Отпишите меня, пожалуйста", Request.opt_out),
        ("Больше не пишите мне", Request.opt_out),
        ("/stop", Request.opt_out),
        ("Не пишите больше!", Request.opt_out),
        ("Stop, stop, STOP", Request.opt_out),
        ("I don’t want to receive these messages", Request.opt_out),
        ("хочу отказаться от рассылки", Request.opt_out),
        ("停止", Request.opt_out),
        ("START", Request.opt_in),
        ("Старт", Request.opt_in),
        ("подпишите меня", Request.opt_in),
        ("person", Request.person),
        ("Hi, can I speak to someone please?", Request.person),
        ("Здравствуйте! Позовите администратора, пожалуйста.", Request.person),
        ("Позовите пожалуйста человека", Request.person),
        ("can I have a human pls", Request.person),
        ("«человек»", Request.person),
        ("Menu", Request.menu),
        ("/start", Request.menu),
        ("/menu", Request.menu),
        ("меню", Request.menu),
        ("язык", Request.language),
        ("find my booking", Request.link_stay),
        ("Добрый день!", Request.greeting),
        ("hey 👋", Request.greeting),
        ("Спасибо большое!", Request.thanks),
        ("hi, thanks", Request.thanks),
        ("Ok!", Request.agreed),
        ("Bye 👋", Request.goodbye),
        ("Спасибо, до свидания!", Request.goodbye),
        ("hello, stop", Request.opt_out),
    ],
)
def test_a_short_request_is_recognised_whatever_its_manners(text: str, request_: Request) -> None:
    assert recognise(text) is request_


@pytest.mark.parametrize(
    "text",
    [
        "stop by the room",
        "can you stop the noise",
        "please stop the noise next door",
        "bus stop",
        "don't stop",
        "/stopwatch",
        "does the bus stop here?",
        "start the shower",
        "стоп-кран сломан",
        "a person fell in the pool",
        "room service menu",
        "меню ресторана",
        "thanks but the lamp is still broken",
        "hello, what is the wifi password?",
        "please",
        "room please menu",
        "cancel",
        "",
        "!!!",
        "👍",
        "42",
        "stop " * 5000,
    ],
)
def test_nothing_is_recognised_when_the_message_says_more_or_nothing(text: str) -> None:
    assert recognise(text) is None
