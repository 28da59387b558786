from __future__ import annotations

import pytest

from bot.nlu.knowledge import Found, KnowledgeIndex, KnowledgeItem, index_of


def item(intent: str, en: tuple[str, ...], ru: tuple[str, ...]) -> KnowledgeItem:
    return KnowledgeItem(intent, (intent.replace("_", " "), *en, *ru))


ITEMS = [
    item("wifi", ("What is the wifi password?", "How do I get online?"), ("Какой пароль от wifi?",)),
    item("breakfast", ("When is breakfast?", "Where is breakfast served?"), ("Во сколько завтрак?", "Где завтрак?")),
    item("check_out", ("What time is check-out?",), ("До скольки выезд?",)),
    item("late_checkout", ("Can I check out later?",), ("Можно поздний выезд?",)),
    item("check_in", ("What time is check-in?",), ("Во сколько заезд?",)),
    item("parking", ("Do you have parking?",), ("Есть ли парковка?",)),
    item("pool", ("When is the pool open?",), ("До скольки работает бассейн?",)),
    item("taxi", ("How do I get to the airport?", "Can you order a taxi?"), ("Можно заказать такси?",)),
    item("lost_key", ("What if I lost my key?",), ("Что делать, если я потерял ключ?",)),
]
INDEX = KnowledgeIndex(ITEMS)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Здравствуйте, какой пароль от wifi?", "wifi"),
        ("wifi?", "wifi"),
        ("вай фай пароль", "wifi"),
        ("пороль от вайфая", "wifi"),
        ("what's the Wi-Fi pasword", "wifi"),
        ("Wie ist das WLAN-Passwort?", "wifi"),
        ("завтрак со скольки?", "breakfast"),
        ("what time do you serve breakfast tomorrow", "breakfast"),
        ("brekfast hours?", "breakfast"),
        ("когда можно позавтракать", "breakfast"),
        ("when do we have to check out?", "check_out"),
        ("во сколько нужно выехать", "check_out"),
        ("можно выехать попозже?", "late_checkout"),
        ("late checkout please", "late_checkout"),
        ("во сколько заселение?", "check_in"),
        ("where can I park", "parking"),
        ("парковка у вас есть?", "parking"),
        ("бассейн до скольки?", "pool"),
        ("закажите такси", "taxi"),
        ("I lost my key", "lost_key"),
        ("how do I connect to the wifi", "wifi"),
        ("is breakfast at 7 or 8?", "breakfast"),
        ("вызовите такси на 9:30", "taxi"),
    ],
)
def test_the_hotels_answer_is_found_however_the_question_is_put(text: str, intent: str) -> None:
    found = INDEX.find(text)
    assert found.answer is not None, found.offers
    assert found.answer.id == intent
    assert 0.5 <= found.answer.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "the wifi does not work",
        "вайфай не работает",
        "wifi опять отвалился",
        "Nobody brought our breakfast",
        "бассейн грязный",
        "Is there a golf course nearby?",
        "где ближайшая аптека",
        "сколько стоит массаж",
        "can I bring my dog",
        "у вас есть утюг?",
        "Can I park my dog?",
        "password of the safe?",
        "код от сейфа",
        "someone scratched my car in the parking",
        "в паркинге поцарапали машину",
        "the pool is freezing",
        "pool table available?",
        "my taxi is late",
        "cancel my taxi",
        "отмените такси",
        "завтрак включен в стоимость?",
        "the wifi keeps dropping",
        "what is my room number",
        "I left my phone in the taxi after the concert",
        "when?",
        "сколько стоит",
        "можно",
        "open the window please",
        "hello",
        "😀",
        "",
        "wifi " * 5000,
    ],
)
def test_no_answer_is_made_up_when_the_hotel_has_none(text: str) -> None:
    assert INDEX.find(text).answer is None


@pytest.mark.parametrize("text", ["the wifi does not work", "вайфай не работает", "Das WLAN geht nicht", "wifi 坏了"])
def test_nothing_is_even_offered_when_the_guest_tells_of_a_trouble(text: str) -> None:
    assert INDEX.find(text) == Found()


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("завтрак включен в стоимость?", {"breakfast"}),
        ("is the pool heated?", {"pool"}),
        ("When is breakfast, and is there parking?", {"breakfast", "parking"}),
    ],
)
def test_the_likeliest_are_offered_when_a_question_is_about_more_or_less_than_they_tell(
    text: str, intents: set[str]
) -> None:
    found = INDEX.find(text)
    assert found.answer is None
    assert intents <= {match.id for match in found.offers}


def test_no_more_than_three_are_offered_when_many_are_alike() -> None:
    alike = [item(f"pool_{number}", ("When is the pool open?",), ()) for number in range(5)]
    assert len(KnowledgeIndex(alike).find("pool").offers) == 3


def test_no_answer_is_found_when_the_hotel_wrote_nothing() -> None:
    assert KnowledgeIndex([]).find("wifi?") == Found()


def test_both_are_offered_when_two_fit_alike() -> None:
    twins = [KnowledgeItem(name, ("wifi in the rooms",)) for name in ("one", "other")]
    found = KnowledgeIndex(twins).find("wifi in the rooms")
    assert found.answer is None
    assert {match.id for match in found.offers} == {"one", "other"}


def test_a_question_without_words_matches_nothing() -> None:
    assert KnowledgeIndex([KnowledgeItem("?", ("?!",))]).find("pool") == Found()


def test_another_answer_is_found_when_the_hotel_has_changed_its_own() -> None:
    before = index_of((KnowledgeItem("1", ("wifi",)),))
    after = index_of((KnowledgeItem("2", ("wifi",)),))
    answers = [index.find("wifi?").answer for index in (before, after)]
    assert [answer.id for answer in answers if answer] == ["1", "2"]
    assert index_of((KnowledgeItem("1", ("wifi",)),)) is before, "the same items are not read again"
