from __future__ import annotations

import random
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.base import Sentiment, SentimentType
from bot.nlu.sentiment import read

ATTENTION = """
The room is filthy and nobody answers
there's mould behind the bathtub
our kettle doesnt work
We have had no electricity since noon
my husband is bleeding, please hurry
somebody stole my camera from the balcony
I am locked out of 312
the people upstairs are so noisy that we can't sleep
you charged me twice for the minibar
If this goes on I will want a refund
your colleague was rude to us
we've been waiting for our towels for two hours
Brilliant, the lift is broken again
it would be nice if the heating worked
please send a plumber
someone is smoking under our window, room smells of smoke
the bathrom is filthhy
I lost my passport somewhere near the pool
fire on the second floor!!!
ice cold water in the shower
The bed is lovely but the radiator leaks
HELP
🆘 SOS
в комнате грязно и воняет
кондиционер не включается
сломался замок на двери
нет горячей воды
никто не отвечает на звонки
с меня дважды списали оплату
нам нахамили на ресепшене
ждём такси уже сорок минут
соседи шумят, невозможно спать
верните деньги, иначе пойду в суд
в коридоре пахнет дымом
украли кошелёк
сыну плохо, нужен врач
Отлично, опять холодная вода в душе
помогите!
полотенец до сих пор нет
тиливизор не показывает
в ванной перегорела лампочка
"""
NEUTRAL = """
Здравствуйте, какой пароль от wifi?
could we have two more towels, please?
What time does the restaurant open?
I want to speak to a person
please don't disturb us today
is the pool heated?
is there a fire exit on our floor?
STOP
no problem
The taxi is no longer needed
the candle is not burning
room 412
no thanks
we'll arrive late, around midnight
принесите ещё одно одеяло, пожалуйста
во сколько закрывается бар?
не нужно убирать сегодня
позовите оператора
ложная тревога, извините
хамам у вас платный?
отпишите меня
добрый вечер
можно оставить собаку в номере?
"""
POSITIVE = """
Thank you, the stay was wonderful!
everything is perfect ❤️
the staff are so friendly and helpful
nothing to complain about
not bad at all, we loved it
the food wasn't bad, the view was amazing
👍👍
большое спасибо, всё отлично
очень вкусный завтрак
нам очень понравилось
жалоб нет, всё супер
обожаем ваш отель 😍
"""
NEGATIVE = """
the breakfast was mediocre
I hate this weather
not a good hotel
the view is disappointing
so so
👎
ужин так себе
номер мне не понравился
слишком дорого
скучно у вас(
"""


def judged(text: str) -> Sentiment:
    """What the lexicon and the rules say, without the model."""
    return read(text).sentiment


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (kind, text)
        for kind, texts in (
            (SentimentType.requires_attention, ATTENTION),
            (SentimentType.neutral, NEUTRAL),
            (SentimentType.positive, POSITIVE),
            (SentimentType.negative, NEGATIVE),
        )
        for text in lines(texts)
    ],
)
def test_a_message_is_judged_as_a_receptionist_would(kind: SentimentType, text: str) -> None:
    sentiment = judged(text)
    assert (sentiment.type, text) == (kind, text)


def test_the_deciding_words_are_named_as_they_stand_in_the_text() -> None:
    assert judged("The room is FILTHY, and Nobody Answers!").words == ("FILTHY", "Nobody", "Answers")
    assert judged("Всё Отлично!").words == ("Отлично",)
    assert judged("Where is the pool?").words == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Отвратительный сервис, в номере холодно", ("Отвратительный", "холодно")),
        ("Номер грязный", ("грязный",)),
        ("The room is cold", ("cold",)),
        ("Very bad service", ("bad",)),
        ("there is no service", ("no", "service")),
        ("Кондиционер не работает", ("Кондиционер", "не", "работает")),
    ],
)
def test_neutral_words_are_not_named_when_others_carry_the_verdict(text: str, words: tuple[str, ...]) -> None:
    assert judged(text).words == words


def test_the_negation_is_named_when_it_turns_the_verdict() -> None:
    assert judged("not bad at all").words == ("not", "bad")


def test_the_score_follows_the_type() -> None:
    assert judged("the room is on fire").score <= Decimal("-0.90")
    assert judged("lovely hotel, lovely staff, but the lamp is broken").score <= Decimal("-0.30")
    assert judged("lovely hotel").score > Decimal("0.30")
    assert judged("extremely lovely hotel").score > judged("lovely hotel").score
    assert judged("a fairly lovely hotel").score < judged("lovely hotel").score
    assert judged("awful view").score < Decimal("-0.25")


def test_a_but_ends_a_negation() -> None:
    assert judged("not cheap but lovely").type is SentimentType.positive


def test_a_full_stop_ends_a_negation() -> None:
    assert judged("No. Lovely place").type is SentimentType.positive


def test_words_of_different_sentences_do_not_act_together() -> None:
    assert judged("We want no breakfast. When does the pool open?").type is SentimentType.neutral


@pytest.mark.parametrize("text", ["", " \n\t", "\x00", "…", "\ud800", "‮‭", "((", "1/2"])
def test_nothing_to_read_is_neutral(text: str) -> None:
    sentiment = judged(text)
    assert sentiment.type in (SentimentType.neutral, SentimentType.negative)
    assert abs(sentiment.score) < 1


def junk(length: int) -> str:
    chance = random.Random(7)
    return "".join(chance.choice("abcdefgh ёж'-(:") for _ in range(length))


@pytest.mark.parametrize(
    "text",
    [
        "The room is filthy and nobody answers " * 500,
        "not work " * 2200,
        "fire " * 4000,
        "a" * 20_000,
        "a'" * 10_000,
        ":-" * 10_000,
        "(" * 20_000,
        "😡" * 20_000,
        "\u0301" * 20_000,
        junk(20_000),
    ],
    ids=[
        "complaints",
        "negations",
        "alarms",
        "one word",
        "apostrophes",
        "faces",
        "brackets",
        "emoji",
        "marks",
        "junk",
    ],
)
def test_a_very_long_message_is_judged_in_good_time(text: str) -> None:
    started = time.process_time()
    judged(text)
    assert time.process_time() - started < 3


@settings(max_examples=300, deadline=None, database=None)
@given(
    st.lists(st.sampled_from([*ATTENTION.split(), *POSITIVE.split(), *NEGATIVE.split()]) | st.text()).map(" ".join)
)
def test_any_text_gets_a_score_in_range_and_words_of_its_own(text: str) -> None:
    sentiment = judged(text)
    assert isinstance(sentiment, Sentiment)
    assert -1 <= sentiment.score <= 1
    assert sentiment.score == sentiment.score.quantize(Decimal("0.01"))
    place = 0
    for word in sentiment.words:
        place = text.index(word, place) + len(word)
    assert judged(text) == sentiment
