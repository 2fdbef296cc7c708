"""Mojibake is undone, and correct text is never taken for it."""
# ruff: noqa: RUF001 other languages have other marks

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchpipe_components.repair import mojibake, repair
from tests.components.repair.talks import U, reply_of, talk

CORRECT = [
    "Le garçon a mangé une pâte à l’été : « Voilà ! », dit-il — où ? 50 €, n° 3…",
    "Le café\xa0», l’été\xa0», à\xa0« la\xa0»; «\xa0JOSÉ\xa0», «CAFɻ, “CAFÉ”…",
    "Größe über Äpfel: „MENÜ“, »TSCHÜSS«, „Spaß“, Straße – 20 °C ±2 ½",
    "Tiếng Việt: một ngày đẹp trời, ấm áp — “CÂU HỎI” và “Ã”… Đây là ẤN ĐỘ.",
    "Não, AMANHû, «MAÇû, “IRMÔ, ação, Às 8h, 1ª, 2º",
    "España, «está», está», MAÑANA, ¿Qué? ¡Olé!",
    "Un om în gară, «România», „Â”, â, î, Â, Î",
    "Привет, как дела? «Хорошо». Ελληνικά. עברית. العربية. 你好，世界。ありがとう。한국어. ภาษาไทย. हिन्दी",
    "Emoji 😀👍🏽 ❤️ 🇩🇪 ✓ → ≤ −1 × 2 ÷ 3, 3×½×¼, 5 Å², 1.2 Å±0.1, m², 30°C, ⟨Â²⟩, Â·B",
    "Ångström, Þór, ðað, fjörð, Ægir, Åse, naïve, façade, Zoë, Dvořák, Łódź, Žižek, œuvre",
    'x = \'é\' if a < b and c > d else "ß"; y = a & b; printf("%s\\n", s);',
]


@pytest.mark.parametrize("text", CORRECT)
def test_correct_text_is_never_taken_for_mojibake(text):
    sound = talk(U, ("assistant", text))
    assert repair(sound) is sound


def misread(text, codec):
    """UTF-8 as a careless reader shows it; Windows-1252 leaves five bytes as controls."""
    return "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in text.encode())


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", [
    "Le garçon a mangé une pâte à l’été.", "It’s “fine” – really…", "Größe über Äpfel", "Ein „Wort“ für 5 €",
    "Tiếng Việt rất đẹp", "Привет, как дела?", "Γειά σου Κόσμε", "你好，世界。", "こんにちは", "안녕하세요 세계",
    "สวัสดีครับ", "नमस्ते दुनिया", "العربية جميلة", "שלום עולם", "naïve 😀 👍🏽", "Łódź, Žižek, Dvořák", "x ≤ y → z ✓", "25°C, 3 m², £5 ©",
    "São João, coração", "¿Qué? ¡Olé!",
])  # fmt: skip
def test_mojibake_is_undone(codec, text):
    assert reply_of(misread(text, codec)) == (text, ("mojibake undone",))
    assert reply_of(misread(misread(text, codec), codec)) == (text, ("mojibake undone",))


def test_where_the_whole_does_not_decode_only_what_is_sure_is_undone():
    for text in ("Le café\xa0» est", "Été est", "«CAFɻ est", "“JÄ”, “Å” est"):
        assert reply_of(text + " fermÃ©, donâ€™t") == (text + " fermé, don’t", ("mojibake undone",))
    assert reply_of("Ã\xa0 fermÃ© Ã–l Å\xa0 ") == ("à fermé Öl Š ", ("mojibake undone",))


def test_talk_about_encodings_keeps_its_examples():
    sound = talk(
        ("user", "Why does my file show Ã© for é? Is it UTF-8?"), ("assistant", "Yes: Ã© is é misread.")
    )
    assert repair(sound) is sound


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=30))
def test_undoing_ends_and_leaves_nothing_sure_to_undo(text):
    plain = mojibake.undone(text)
    assert mojibake.undone(plain) == plain and len(plain) <= len(text)
