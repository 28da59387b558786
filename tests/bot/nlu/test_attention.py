from __future__ import annotations

import tomllib

import pytest

from bot.nlu.attention import CONDITION, find_attention, is_unsafe, load_classes, read_condition
from bot.nlu.terms import DATA
from bot.nlu.tokens import tokenise


def rules() -> list[str]:
    groups = tomllib.loads((DATA / "attention.toml").read_text(encoding="utf-8"))["rule"]
    return [rule for group in groups for rule in group["when"]]


def test_every_class_that_a_rule_names_is_listed_in_both_languages() -> None:
    named = {rule.split()[0] for rule in rules()}
    named |= {match.group(3) for rule in rules() for match in CONDITION.finditer(rule)}
    for language in ("en", "ru"):
        listed = tomllib.loads((DATA / f"terms_{language}.toml").read_text(encoding="utf-8"))
        assert sorted(listed) == sorted(named)


@pytest.mark.parametrize("name", ["terms", "valence"])
def test_no_class_is_empty(name: str) -> None:
    assert all(load_classes(name).values())


def test_a_finding_points_at_its_words_wherever_the_sentence_stands() -> None:
    (finding,) = find_attention(tokenise("Hello there. The lamp is broken"))
    assert finding.tokens == {5}
    assert 0 < finding.severity <= 1


@pytest.mark.parametrize(
    "text", ["the lamp is not broken", "the lamp is already fixed", "the beach is dirty", "cold beer please", "SMTP"]
)
def test_nothing_is_found_when_a_veto_stands_near(text: str) -> None:
    assert find_attention(tokenise(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "i dont want to live anymore",
        "Я хочу покончить с собой",
        "думаю о самоубийстве",
        "я больше не хочу жить",
    ],
)
def test_a_guest_in_despair_is_found(text: str) -> None:
    assert max(finding.severity for finding in find_attention(tokenise(text))) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "the lift no longer works",
        "лифт больше не работает",
        "кондиционер уже не включается",
        "нашли таракана на кухне",
        "мы нашли кровь на матрасе",
        "Why is there hair on my pillow?",
        "why is there an extra charge on my bill",
        "у вас есть клопы",
    ],
)
def test_a_complaint_is_found_when_harmless_words_stand_in_it(text: str) -> None:
    assert find_attention(tokenise(text))


@pytest.mark.parametrize(
    "text",
    ["my son is ill", "my wife feels very sick", "у дочки температура", "дедушке плохо", "my father can't breathe"],
)
def test_somebody_who_is_ill_is_found_whoever_it_is(text: str) -> None:
    assert max(finding.severity for finding in find_attention(tokenise(text))) >= 0.9


@pytest.mark.parametrize(
    "text",
    ["very polite staff", "the location is unbeatable", "where is the garage", "a cooking class", "прошли по городу"],
)
def test_a_word_is_taken_as_it_stands_when_it_only_resembles_a_trouble(text: str) -> None:
    assert find_attention(tokenise(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Can we have a knife and fork please",
        "воду с газом пожалуйста",
        "is there a gas station nearby",
        "Where can I smoke?",
        "what's the temperature of the pool?",
        "we will miss you",
        "сыр и колбаса",
        "мы из Украины",
        "забронировали на букинге",
    ],
)
def test_nothing_is_found_when_a_grave_word_has_a_harmless_meaning(text: str) -> None:
    assert find_attention(tokenise(text)) == []


@pytest.mark.parametrize("text", ["where is my taxi", "где мой багаж?", "where's our food"])
def test_what_a_guest_still_waits_for_is_found(text: str) -> None:
    assert find_attention(tokenise(text))


def test_a_condition_that_can_not_be_read_is_named() -> None:
    with pytest.raises(ValueError, match=r"attention\.toml.*'not-3'"):
        read_condition("not-3")


@pytest.mark.parametrize(
    "text",
    [
        "es brennt im Flur",
        "ça sent le brûlé, il y a des flammes",
        "mi marido no respira",
        "有人晕倒了",
        "odamıza hırsız girmiş",
        "c'è fumo in cucina",
        "há fogo no corredor",
    ],
)
def test_danger_is_found_by_rule_alone_when_a_guest_writes_in_their_language(text: str) -> None:
    assert is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Wo ist der Notausgang?",
        "où est l'extincteur",
        "¿dónde está la salida de emergencia?",
        "灭火器在哪里",
        "je n'aime pas le poisson",
    ],
)
def test_no_danger_is_found_when_a_grave_word_is_harmless_in_its_language(text: str) -> None:
    assert not is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Dürfte ich Sie um ein zweites Kissen bitten?",
        "Welche Anwendungen bieten Sie im Spa?",
        "à quelle heure est le feu d'artifice ?",
        "¿me prestan un cuchillo para el pastel?",
        "gece buralar sakin mi",
        "cevize alerjim var, bilginize",
        "дыма больше нет",
        "the smoke has cleared, it was only the toaster",
        "is this a fire drill?",
    ],
)
def test_no_danger_is_found_when_a_word_only_resembles_a_grave_one_or_it_is_over(text: str) -> None:
    assert not is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "der Vorhang hat Feuer gefangen",
        "une couverture a pris feu",
        "mi hijo se ha perdido en la playa",
        "загорелась шторка в номере",
        "oğlumuz kayboldu",
        "我女儿走丢了",
        "our daughter didn't come back from the beach",
    ],
)
def test_danger_is_found_by_rule_alone_when_something_burns_stops_or_somebody_is_missing(text: str) -> None:
    assert is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "our grandmother has dementia and wandered off",
        "наша дочка ушла к бассейну и не вернулась",
        "unser Junge ist seit dem Frühstück verschwunden",
        "notre fille n'est jamais revenue du parc",
        "mi abuelo no ha vuelto del paseo",
        "babaannem ortada yok",
        "老人走失了",
        "water is dripping onto the sockets",
        "вода капает на розетку",
        "Wasser tropft in den Sicherungskasten",
        "l'eau coule sur la prise",
        "entra agua en el enchufe",
        "lambanın içine su sızıyor",
        "配电箱进水了",
    ],
)
def test_danger_is_found_by_rule_alone_when_somebody_is_missing_or_water_meets_current(text: str) -> None:
    assert is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    ["dym iz rozetki", "pozhar na kuhne", "muzhu ploho, vyzovite skoruyu", "zastryali v lifte", "pahnet gazom"],
)
def test_danger_is_found_by_rule_alone_when_russian_is_written_in_latin_letters(text: str) -> None:
    assert is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "my son lost his key card",
        "my daughter can't find the remote",
        "mein Sohn hat seine Mütze verloren",
        "the water is cold, and the lamp is nice",
        "stuck in traffic, we'll be late",
        "la cuisinière est à gaz ou électrique ?",
        "is there a police station nearby",
        "¿hay simulacro de incendio hoy?",
        "свет горит, всё хорошо",
        "the burning smell was only our toast",
        "wir stehen in der Schlange am Buffet, sie bewegt sich nicht",
        "mi marido se queda hasta el lunes",
    ],
)
def test_no_danger_is_found_when_a_thing_is_lost_or_a_grave_word_tells_of_something_else(text: str) -> None:
    assert not is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "There is a fire in the kitchen, nobody is hurt",
        "Es brennt in der Küche, niemand ist verletzt",
        "Пожар на кухне, никто не пострадал",
        "着火了，没人受伤",
        "il y a un incendie dans la cuisine, personne n'est blessé",
        "hay fuego en la cocina, nadie herido",
        "mutfakta yangın var, kimse yaralanmadı",
        "The doctor has been called but my husband is unconscious",
        "Нужно, чтобы врач был срочно, муж без сознания",
        "Нужно, чтобы врач был здесь срочно",
        "He was feeling better, now he can't breathe",
        "Ему было уже лучше, теперь он не дышит",
        "Ihm geht es besser, sagte er, jetzt atmet er nicht mehr",
        "He is beating her, no police needed",
        "Necesito médico",
        "Hace falta una ambulancia",
    ],
)
def test_danger_is_found_when_reassurance_about_something_else_stands_beside_it(text: str) -> None:
    assert is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "nobody is hurt",
        "no one was hurt",
        "no doctor needed, thank you",
        "the doctor has already been, thank you",
        "no need for an ambulance",
        "my son was sick, he is feeling better",
        "keinen Arzt mehr, danke",
        "meinem Sohn war übel, ihm geht es besser",
        "врач уже был, спасибо",
        "скорую не надо",
        "мужу было плохо, ему уже лучше",
        "не надо врача",
        "pas besoin d'ambulance, il va mieux",
        "no necesito médico, ya está mejor",
        "不用叫医生了，好多了",
    ],
)
def test_no_danger_is_found_when_nobody_is_hurt_or_needs_help_any_more(text: str) -> None:
    assert not is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Pouvez-vous envoyer quelqu'un dans ma chambre ?",
        "À quelle heure faut-il sortir de la chambre ?",
        "Mon mari a très mal dormi",
        "Können Sie die Decke auf das Bett legen?",
        "Kann jemand in meinem Zimmer die Klimaanlage prüfen?",
        "Kann ich auf dem Parkplatz Strom bekommen?",
        "Gibt es ein Messer in der Küche?",
        "Ich habe sehr schlecht geschlafen",
        "Kann ich das Brot geschnitten haben?",
        "¿Hay plancha dentro de mi habitación?",
        "¿A qué hora suelen abrir las puertas?",
        "No podemos salir antes de las 12",
        "¿Dónde están las puertas del ascensor?",
        "Recepción no responde",
        "Mi mujer ha dormido muy mal",
        "有刀叉吗？",
        "淋浴开关漏水",
        "Опасно здесь гулять ночью?",
        "My mother can't walk far, is there a lift?",
        "My wife has fallen in love with your hotel",
        "The child seat is missing",
        "There is a towel missing for our daughter",
        "I can't find the toddler pool",
        "I can't find the bed for my son",
        "the bath plug is leaking",
    ],
)
def test_no_danger_is_found_when_grave_words_make_an_ordinary_request(text: str) -> None:
    assert not is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "il y a quelqu'un dans ma chambre",
        "on ne peut plus sortir de la chambre",
        "ma femme va très mal",
        "da ist jemand in meinem Zimmer",
        "meiner Frau geht es sehr schlecht",
        "er hat ein Messer in der Hand",
        "ich habe mich in den Finger geschnitten",
        "hay alguien dentro de mi habitación",
        "no podemos salir de la habitación",
        "mi marido está muy mal",
        "mi hijo no responde",
        "他手里有刀",
        "电灯开关漏水",
        "нам опасно здесь оставаться",
        "my husband has fallen down",
        "my daughter is missing",
        "my grandmother has disappeared",
        "I can't find my son",
        "water is leaking onto the wall plug",
    ],
)
def test_danger_is_found_when_such_words_say_it_in_full(text: str) -> None:
    assert is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "отправление автобуса в девять",
        "время отправления",
        "я отправил вам паспорт",
        "мы покупали билеты у вас",
        "Kann ich eine Schüssel haben?",
        "wir sind verfrüht angekommen",
        "hier hat es gut gerochen, meine Frau freut sich",
        "we dragged our cases upstairs",
        "is it a shared bathroom",
    ],
)
def test_no_danger_is_found_when_a_harmless_word_is_one_letter_from_a_grave_one(text: str) -> None:
    assert not is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "The alarm is going off in our corridor, where do we go?",
        "the alarm went off and nobody tells us anything",
        "сработала сигнализация на третьем этаже",
        "в коридоре воет сирена",
        "Der Alarm geht schon seit zehn Minuten",
        "l'alarme sonne dans tout le bâtiment",
        "suena la alarma en la segunda planta",
        "koridorda alarm çalıyor",
        "走廊里警铃一直响",
        "电梯不动了，里面三个人出不去",
        "my wife is pale and clammy and her arm feels numb",
        "у отца онемела рука",
        "seine rechte Hand zittert und der Arm ist taub",
        "mon mari a le bras engourdi",
        "a mi padre se le ha dormido el brazo",
        "babamın kolu uyuştu",
        "我爸爸左手麻了",
    ],
)
def test_danger_is_found_when_an_alarm_goes_off_or_a_stroke_may_begin(text: str) -> None:
    assert is_unsafe(find_attention(tokenise(text)))


@pytest.mark.parametrize(
    "text",
    [
        "my alarm didn't go off, can you call me at seven?",
        "the alarm went off, but it was a false alarm",
        "есть ли в номере сигнализация?",
        "y a-t-il une alarme dans le coffre ?",
        "¿pongo la alarma a las seis?",
        "alarmı yediye kurdum",
        "警报解除了吗",
        "外面下雨，出不去",
        "the sheets are cold and clammy",
    ],
)
def test_no_danger_is_found_when_nothing_goes_off(text: str) -> None:
    assert not is_unsafe(find_attention(tokenise(text)))
