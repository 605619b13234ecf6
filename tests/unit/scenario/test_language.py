"""Language files: what comes along is complete, what is wrong is named with its mend, modes cannot be confused."""

from pathlib import Path

import pytest

from sangar.core.errors import ConfigurationError
from sangar.scenario.language import SHIPPED_FOLDER, parse_language, read_language_texts, site_languages
from sangar.scenario.site import Site
from sangar.scenario.toml_file import parse_settings

ENGLISH = (SHIPPED_FOLDER / "en.toml").read_text()
ARABIC = (SHIPPED_FOLDER / "ar.toml").read_text()
SITE = """
[site]
name = "Here"
latitude_deg = 33.8
longitude_deg = 42.4
[alerts]
languages = ["en", "ar"]
[[zone]]
id = "camp"
name = "Camp"
polygon_m = [[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]]
"""


def refusal(text: str, code: str = "en") -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_language(code, text)
    assert caught.value.mend
    return str(caught.value)


@pytest.mark.parametrize("path", sorted(SHIPPED_FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_what_comes_along_is_accepted(path):
    assert parse_language(path.stem, path.read_text()).code == path.stem


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[sentences.cancel]\n", "[sentences.cancl]\n", "did you mean 'cancel'?"),
        ('drone = "ALL CLEAR', 'drohne = "ALL CLEAR', "sentences.all_clear.drohne"),
        ("{incident}", "{incidnt}", "footer: has a place {incidnt} that nothing fills"),
        ("WARNING for {zone}. A drone", "WARNING. A drone", "sentences.warning.drone: lacks {zone}"),
        ("go to {shelter}. Stay", "go away. Stay", "sentences.warning.drone: lacks {shelter}"),
        ("does not come here.", "does not come here {time}.", "has a place {time} that nothing fills"),
        ("UPDATE for {zone}.", "UPDATE for {zone.", "sentences.update.rocket_or_mortar: has a brace too many"),
        ("UPDATE for {zone}.", "UPDATE for {zone!r}.", "write the name alone"),
        ("UPDATE for {zone}.", "UPDATE for {zone.__class__}.", "{zone.__class__} that nothing fills"),
        ('other = "{count} seconds"', 'other = "some seconds"', "seconds.other: lacks {count}"),
        ('one = "1 minute"\n', "", "minutes.one: is missing, and plural rule 'one' needs it"),
        ('plural = "one"', 'plural = "two"', "plural"),
        ('footer = "', 'foot = "', "did you mean 'footer'?"),
        ('before = "EXERCISE - EXERCISE - EXERCISE"', 'before = "ATTENTION"', "does not hold the mark 'EXERCISE'"),
        ('mark = "TEST"', 'mark = "EXERCISE"', "modes.test"),
        ("You may leave shelter.", "This was an exercise.", "holds the mark of an exercise"),
        ("ALL CLEAR for {zone}.", "\u202eALL CLEAR for {zone}.", "is not usable text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_file_its_key_and_its_mend(old, new, said):
    assert old in ENGLISH
    message = refusal(ENGLISH.replace(old, new, 1))
    assert message.startswith("alerts.en.toml: ")
    assert said in message


def test_a_sentence_left_in_english_is_found():
    start = ARABIC.index("[sentences.cancel]")
    drone = ARABIC.index("drone = ", start)
    end = ARABIC.index("\n", drone)
    text = ARABIC[:drone] + 'drone = "CANCELLED for {zone}."' + ARABIC[end:]
    assert "sentences.cancel.drone: holds no letter written right to left" in refusal(text, "ar")


def test_a_file_under_another_languages_name_is_refused():
    assert "is 'en', not 'ku'" in refusal(ENGLISH, "ku")


def test_a_file_beside_the_site_file_adds_a_language_or_replaces_one(tmp_path: Path):
    (tmp_path / "alerts.ku.toml").write_text(ENGLISH.replace('code = "en"', 'code = "ku"'))
    (tmp_path / "alerts.en.toml").write_text(ENGLISH.replace("ALL CLEAR", "IT IS OVER"))
    texts = read_language_texts(("en", "ku", "ar"), tmp_path)
    assert list(texts) == ["en", "ku", "ar"]
    assert "IT IS OVER" in texts["en"]
    assert parse_language("ku", texts["ku"]).code == "ku"


def test_a_language_nobody_wrote_is_asked_for_with_its_file(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"alerts\.ku\.toml: does not exist; .*ar, en"):
        read_language_texts(("ku",), tmp_path)


@pytest.mark.parametrize(
    ("name", "field"), [("Exercise yard", r"zone\[0\].name"), ("Camp Test", "name"), ("حقل تمرين", "name")]
)
def test_no_name_may_carry_what_tells_an_exercise_from_an_alert(name, field):
    site = parse_settings(SITE.replace('"Camp"', f'"{name}"'), Site, "site")
    with pytest.raises(ConfigurationError, match=field):
        site_languages(site, {"en": ENGLISH, "ar": ARABIC})


def test_a_name_that_only_contains_those_letters_is_let_alone():
    site = parse_settings(SITE.replace('"Camp"', '"Testament hill"'), Site, "site")
    assert [language.code for language in site_languages(site, {"en": ENGLISH, "ar": ARABIC})] == ["en", "ar"]


CHANNEL = '[[channel]]\nid = "{id}"\nkind = "file"\npath = "{path}"\nmode = "{mode}"\n'


def test_one_file_carries_one_mode():
    text = SITE + CHANNEL.format(id="a", path="out/alerts.txt", mode="live")
    text += CHANNEL.format(id="b", path="out/./alerts.txt", mode="exercise")
    with pytest.raises(ConfigurationError, match=r"channel\[1\].path: already carries messages of mode 'live'"):
        parse_settings(text, Site, "site")


def test_a_channel_has_no_mode_by_default():
    text = SITE + CHANNEL.format(id="a", path="alerts.txt", mode="live").replace('mode = "live"\n', "")
    with pytest.raises(ConfigurationError, match=r"channel\[0\].mode: is missing"):
        parse_settings(text, Site, "site")
