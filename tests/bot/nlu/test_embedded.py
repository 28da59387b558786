from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.base import Intent, Sentiment, SentimentType
from bot.nlu.embedded import EmbeddedJudge
from bot.nlu.terms import DATA
from tests.bot.nlu.guests import POLITE, SMOKE

JUDGE = EmbeddedJudge()


def sentiment(text: str) -> Sentiment:
    return JUDGE.judge(text).sentiment


def test_what_ships_is_less_than_three_megabytes() -> None:
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 3_000_000


@pytest.mark.parametrize("language", SMOKE)
def test_somebody_must_come_when_a_guest_sees_smoke_whatever_the_language(language: str) -> None:
    judgement = JUDGE.judge(SMOKE[language])
    assert judgement.sentiment.type is SentimentType.requires_attention
    assert judgement.sentiment.score <= Decimal("-0.90")
    assert judgement.sentiment.words
    assert judgement.intent is Intent.emergency


@pytest.mark.parametrize(
    "text",
    [
        "dym v nomere 12",
        "sorry, this may be silly, but we can't find our little boy",
        "Verzeihung, aus der Lampe tropft Wasser auf die Steckdose",
        "pardon, mon père ne se réveille pas",
        "perdonen, hay alguien intentando abrir nuestra puerta",
        "不好意思，有人在撬我们的门",
        "rahatsız ediyorum, babam yere yığıldı",
        "our toddler drank some bleach",
        "сын выпил жидкость, отбеливатель",
        "unser Sohn hat Spülmittel getrunken",
        "ma fille a avalé une pile",
        "mi hija bebió lejía",
        "孩子喝了洗洁精",
        "kızım çamaşır suyu içti",
    ],
)
def test_an_emergency_is_heard_when_it_is_told_politely_or_calmly(text: str) -> None:
    judgement = JUDGE.judge(text)
    assert judgement.sentiment.type is SentimentType.requires_attention
    assert judgement.intent is Intent.emergency


@pytest.mark.parametrize(
    "text",
    [
        "I had the most delicious breakfast",
        "a jug of sangria by the pool, please",
        "how far is it to the Champs Elysees",
        "we feel brand new after the hammam",
        "todo estaba muy bien",
        "la pulizia della camera alle dieci, grazie",
        "manzaraya bayıldık",
        "мы отлично загорели",
        "можно пожарить рыбу на гриле?",
    ],
)
def test_nobody_is_alarmed_when_a_word_only_looks_like_danger(text: str) -> None:
    judgement = JUDGE.judge(text)
    assert judgement.sentiment.type is not SentimentType.requires_attention
    assert judgement.intent is not Intent.emergency


@pytest.mark.parametrize("text", [text for texts in POLITE.values() for text in texts.strip().splitlines()])
def test_nobody_is_alarmed_when_a_guest_asks_kindly(text: str) -> None:
    assert (text, sentiment(text).type) == (text, SentimentType.neutral)


@pytest.mark.parametrize(
    "text",
    [
        "no smoke here, it was only steam",
        "the candle is not burning",
        "дыма нет, это был пар",
        "kein Rauch, alles in Ordnung",
        "pas de fumée, tout va bien",
        "no hay humo, todo bien",
        "没有烟，没事",
        "duman yok, her şey yolunda",
    ],
)
def test_nobody_is_alarmed_when_the_danger_is_denied(text: str) -> None:
    assert sentiment(text).type is not SentimentType.requires_attention


@pytest.mark.parametrize(
    "text",
    [
        "Super, schon wieder kein warmes Wasser",
        "Ce serait gentil de réparer la douche, elle ne marche plus",
        "el aire acondicionado no enfría nada",
        "马桶堵了，麻烦来人看看",
        "klima çalışmıyor, odamız çok sıcak",
        "Спасибо за чудесную ночь: соседи орали до утра",
        "Oh great, the shower is cold again",
    ],
)
def test_somebody_must_act_when_something_is_wrong_politely_or_mockingly_said(text: str) -> None:
    judged = sentiment(text)
    assert judged.type is SentimentType.requires_attention
    assert judged.score <= Decimal("-0.30")
    assert judged.words


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("wie ist das WLAN Passwort", Intent.wifi),
        ("à quelle heure est le petit déjeuner", Intent.breakfast),
        ("can we check out at two instead of noon", Intent.late_checkout),
        ("принесите, пожалуйста, два полотенца", Intent.housekeeping),
        ("la ducha está atascada", Intent.maintenance),
        ("请帮我叫一辆出租车", Intent.taxi_transfer),
        ("masaj için randevu almak istiyorum", Intent.spa),
        ("I want to speak to a person", Intent.human_agent),
        ("STOP", Intent.opt_out),
        ("vielen Dank", Intent.thanks),
    ],
)
def test_the_intent_is_what_the_guest_wants(text: str, intent: Intent) -> None:
    judgement = JUDGE.judge(text)
    assert judgement.intent is intent
    assert 0 < judgement.intent_confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Das Zimmer ist wunderschön",
        "nous avons adoré l'hôtel",
        "早餐非常好吃",
        "harika bir tatildi",
        "da gab es wirklich nichts auszusetzen",
        "on n'a rien à redire",
        "sin pegas, todo impecable",
        "挑不出毛病",
    ],
)
def test_praise_is_heard_in_every_language(text: str) -> None:
    judged = sentiment(text)
    assert judged.type is SentimentType.positive
    assert judged.score >= Decimal("0.30")
    assert judged.words


def test_deciding_characters_are_named_together_when_a_language_has_no_spaces() -> None:
    assert any(len(word) > 1 for word in sentiment("房间里的空调坏了").words)


@pytest.mark.parametrize(
    "text", ["", " \n", "…", "\x00", "\ud800", "1", "asdf", "Petrova", "BK-1042", "🚲", "x" * 1000]
)
def test_nobody_is_alarmed_when_there_is_nothing_to_read(text: str) -> None:
    assert sentiment(text).type is SentimentType.neutral


@pytest.mark.parametrize("text", ["房" * 20_000, "a " * 10_000, "🆒" * 20_000, "not work " * 2200, "a-" * 10_000])
def test_a_very_long_message_is_judged_in_good_time(text: str) -> None:
    started = time.process_time()
    JUDGE.judge(text)
    assert time.process_time() - started < 3


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.sampled_from([*SMOKE.values(), "坏了", "😡", "lovely", "не"]) | st.text()).map(" ".join))
def test_any_text_gets_figures_in_range_and_words_of_its_own(text: str) -> None:
    judgement = JUDGE.judge(text)
    assert -1 <= judgement.sentiment.score <= 1
    assert judgement.sentiment.score == judgement.sentiment.score.quantize(Decimal("0.01"))
    assert 0 <= judgement.sentiment.confidence <= 1
    assert all(word in text for word in judgement.sentiment.words)
    assert JUDGE.judge(text) == judgement


@pytest.mark.parametrize(
    "text",
    [
        "wifi",
        "Wi-Fi?",
        "Towels, soap",
        "305",
        "tv",
        "парковка",
        "Полотенца",
        "WLAN",
        "serviettes",
        "toallas",
        "毛巾",
        "START",
        "STOP",
        "/start",
        "menu",
        "стоп",
        "a person please",
        "havlu",
    ],
)
def test_nothing_is_made_of_it_when_a_guest_only_names_a_thing(text: str) -> None:
    assert EmbeddedJudge().judge(text).sentiment.type is SentimentType.neutral


@pytest.mark.parametrize(
    "text", ["noise", "TV broken", "wifi!!!!!", "шум", "towels dirty", "keine Handtücher da, unmöglich"]
)
def test_it_is_not_taken_for_a_name_when_a_guest_complains(text: str) -> None:
    assert EmbeddedJudge().judge(text).sentiment.type is not SentimentType.neutral
