"""eSpeak NG as the offline voice starts it: what it takes for text, what it refuses, and what it survives."""

import json
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import pytest

from resources.content.settings.characters import OfflineVoice
from resources.core.errors import ContentError, StudioError
from resources.core.library import Library
from resources.providers.offline import espeak, espeak_process
from resources.providers.offline.espeak_process import speak
from resources.providers.offline.offline_voice import OfflineVoiceStudio
from tests.resources.providers.offline.lines import ESPEAK_NINJA, order


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def test_phonemes_are_told_in_ipa_with_their_times() -> None:
    data = Path(espeakng_loader.get_data_path())
    request = espeak.Request(
        library=espeakng_loader.get_library_path(),
        data=data.name,
        variant="en-us",
        rate=170,
        pitch=40,
        range=50,
        text="Big moon.",
    )
    command = [sys.executable, "-I", "-S", str(Path(espeak.__file__).resolve())]
    done = subprocess.run(command, input=json.dumps(request).encode(), cwd=data.parent, capture_output=True, check=True)
    phonemes = json.loads(done.stdout.partition(b"\n")[0])["phonemes"]
    assert [name for name, _ in phonemes if name] == ["b", "ˈɪ", "ɡ", "m", "ˈuː", "n"]
    assert [time for _, time in phonemes] == sorted(time for _, time in phonemes)


def test_commands_and_phonemes_of_the_engine_are_text(library: Library) -> None:
    studio = OfflineVoiceStudio(library)
    assert (
        studio.speak(order("say \x01180S this", ESPEAK_NINJA)).seconds
        > studio.speak(order("say this", ESPEAK_NINJA)).seconds + 0.5
    )
    assert studio.speak(order("[[h@loU]]", ESPEAK_NINJA)).audio != studio.speak(order("hello", ESPEAK_NINJA)).audio


@pytest.mark.parametrize("variant", ["en-us+m99", "xx", "", "en-us+../!v/m3", "../../secret", "en-us+"], ids=repr)
def test_an_unknown_variant_is_refused_with_its_field(library: Library, variant: str) -> None:
    with pytest.raises(ContentError) as refusal:
        OfflineVoiceStudio(library).speak(order(voice=ESPEAK_NINJA.model_copy(update={"variant": variant})))
    assert refusal.value.where == "show.yaml, characters.NINJA.voice.offline.variant"
    assert "en-us+m3" in (refusal.value.hint or "")


def test_an_environment_deeper_than_the_engine_allows_speaks_too(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(espeakng_loader.__file__).parent
    usual = OfflineVoiceStudio(Library(tmp_path / "usual")).speak(order(voice=ESPEAK_NINJA))
    deep = tmp_path / "/".join(["a-folder-with-a-long-name"] * 8) / home.name
    deep.parent.mkdir(parents=True)
    deep.symlink_to(home)
    monkeypatch.setattr(espeakng_loader, "__file__", str(deep / "__init__.py"))
    assert len(espeakng_loader.get_data_path()) > 160
    assert OfflineVoiceStudio(library).speak(order(voice=ESPEAK_NINJA)).audio == usual.audio


def test_an_engine_without_its_data_is_refused_with_what_mends_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeakng_loader, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(StudioError, match="not installed whole") as refusal:
        OfflineVoiceStudio(library).speak(order(voice=ESPEAK_NINJA))
    assert "espeakng-loader" in (refusal.value.hint or "")


def test_an_engine_that_dies_is_an_error_with_its_last_words(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "espeak-ng-data").mkdir()
    monkeypatch.setattr(espeakng_loader, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(StudioError, match="ended with 1") as refusal:
        OfflineVoiceStudio(library).speak(order(voice=ESPEAK_NINJA))
    assert "libespeak-ng" in (refusal.value.why or "")


def test_the_engine_refuses_a_long_data_path_and_ends_nothing(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["a-folder-with-a-long-name"] * 8)
    code = (
        "import json, sys; from resources.providers.offline import espeak;"
        "print(json.dumps(espeak.speak(json.loads(sys.argv[1]))[0]))"
    )
    request = espeak.Request(
        library=espeakng_loader.get_library_path(),
        data=str(deep),
        variant="en-us",
        rate=170,
        pitch=40,
        range=50,
        text="hi",
    )
    done = subprocess.run([sys.executable, "-c", code, json.dumps(request)], capture_output=True, text=True, check=True)
    assert "refused" in done.stdout


def test_hebrew_with_its_points_is_spoken_as_without_them() -> None:
    pointed, plain = (
        speak(text, OfflineVoice(variant="he+m3"), where="a line", place="a setting")
        for text in ("שָׁלוֹם עֲלֵיכֶם", "שלום עליכם")
    )
    assert (pointed.sound == plain.sound).all()
    assert [at for at, _ in pointed.marks] == [0, "שָׁלוֹם עֲלֵיכֶם".index(" ") + 1]


def test_languages_have_names_without_the_remarks_of_their_files() -> None:
    languages = espeak_process.languages()
    assert languages["de"] == "German"
    assert not any("/" in f"{code}{name}" for code, name in languages.items())
