from __future__ import annotations

from bot.nlu.tokens import surfaces, tokenise


def words(text: str) -> list[str]:
    return [token.word for token in tokenise(text)]


def test_words_keep_their_apostrophes_hyphens_and_slashes() -> None:
    assert words("Don’t touch the Wi-Fi or A/C!") == ["don't", "touch", "the", "wi-fi", "or", "a/c"]


def test_spellings_that_mean_the_same_become_the_same() -> None:
    assert words("Ёлка ЕЛКА") == ["елка", "елка"]


def test_smiles_become_one_word_whatever_their_length() -> None:
    assert words("да))) :-) :D нет((( :(") == ["да", ":)", ":)", ":)", "нет", ":(", ":("]


def test_emoji_stand_alone_and_punctuation_is_left_out() -> None:
    assert words("hot, hot❤️🔥") == ["hot", "hot", "❤️", "🔥"]


def test_the_surface_is_what_the_guest_wrote() -> None:
    assert [token.surface for token in tokenise("ГРЯЗНО, Ёжик!")] == ["ГРЯЗНО", "Ёжик"]


def test_sentences_are_counted_at_full_stops_and_line_ends() -> None:
    assert [token.sentence for token in tokenise("one. two\nthree? four")] == [0, 1, 2, 3]


def test_stems_follow_the_script() -> None:
    assert [token.stem for token in tokenise("towels полотенца полотенце")] == ["towel", "полотенц", "полотенц"]


def test_a_word_that_is_no_word_is_kept_whole() -> None:
    (token,) = tokenise("x" * 1000)
    assert token.stem == token.word == "x" * 1000


def test_characters_stand_alone_when_a_language_has_no_spaces() -> None:
    assert words("房间wifi坏了！305号") == ["房", "间", "wifi", "坏", "了", "305", "号"]


def test_characters_are_joined_again_when_they_follow_each_other() -> None:
    tokens = tokenise("空调坏了，空调 ok")
    assert surfaces(tokens) == ("空调坏了", "空调", "ok")
    assert surfaces([tokens[0], tokens[2]]) == ("空", "坏")


def test_beginning_and_end_are_read_when_a_text_is_endless() -> None:
    read = words(f"fire! {'padding ' * 500_000} help")
    assert (read[0], read[-1]) == ("fire", "help")
    assert len(read) < 2_000
