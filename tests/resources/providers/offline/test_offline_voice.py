"""The offline voice with the real engine: what it delivers, that it is the same each time, and what it survives."""

import contextlib
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.content.show import Character, OfflineVoice, Voices
from resources.core.errors import ContentError, StudioError
from resources.core.library import Library
from resources.core.names import Mode
from resources.core.values import Cell, Voice
from resources.media.audio.voice_track import RATE, Samples
from resources.media.probe import samples
from resources.providers.offline import espeak
from resources.providers.offline.offline_voice import OfflineVoiceStudio, performance
from resources.purchasing.requests.briefs import VoiceBrief

NINJA = OfflineVoice(variant="en-us+m3", rate=172, pitch=38, range=65, effect="warm")
GLITCH = OfflineVoice(variant="en-us+f5", rate=178, pitch=60, range=75, effect="bright")
LINE = "What's up ninjas! Patch two point one breaks the meta — and the naïve café owner, well, paid $499.99 for it."


def order(spoken: str = LINE, voice: OfflineVoice = NINJA, take: int = 1) -> VoiceBrief:
    return VoiceBrief(
        cell=Cell(episode="2026-11-20", segment="s03", mode=Mode.REHEARSAL),
        label="NINJA",
        character=Character(name="Ninja", puppet="ninja", voice=Voices(offline=voice)),
        performance=spoken,
        spoken=spoken,
        take=take,
        language="en",
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library for tests that only look at what is delivered."""
    return Library(tmp_path_factory.mktemp("library"))


def delivered(library: Library, voice: Voice) -> Samples:
    return samples(library.path(voice.audio), RATE)


def words_are_sound(voice: Voice, spoken: str) -> bool:
    """Whether the words are the text's, in order, within the recording."""
    times = [time for word in voice.words for time in (word.start, word.end)]
    return (
        [word.text for word in voice.words] == spoken.split()
        and times == sorted(times)
        and times[0] >= 0
        and times[-1] <= voice.seconds
    )


def median_pitch(sound: Samples) -> float:
    """The median fundamental frequency in hertz, by autocorrelation of 50 ms frames that are loud and periodic."""
    length, shortest, longest = RATE // 20, RATE // 400, RATE // 60
    found = []
    for start in range(0, len(sound) - length, RATE // 50):
        frame = sound[start : start + length] - sound[start : start + length].mean()
        spectrum = np.fft.rfft(frame, 2 * length)
        likeness = np.fft.irfft(np.abs(spectrum) ** 2)[:length]
        period = shortest + int(likeness[shortest:longest].argmax())
        if np.sqrt(np.square(frame).mean()) > 0.02 and likeness[period] > 0.5 * likeness[0]:
            found.append(RATE / period)
    return float(np.median(found))


def test_the_same_order_gives_the_same_bytes_in_fresh_libraries(tmp_path: Path) -> None:
    orders = [order(voice=NINJA), order(voice=GLITCH)]
    first = [OfflineVoiceStudio(Library(tmp_path / "a")).speak(each) for each in orders]
    time.sleep(1.1)  # left alone, the engine seeds itself with the second of the day
    second = [OfflineVoiceStudio(Library(tmp_path / "b")).speak(each) for each in orders]
    assert [voice.audio for voice in first] == [voice.audio for voice in second]
    assert [voice.words for voice in first] == [voice.words for voice in second]
    assert not any(voice.receipt.reused for voice in second)


def test_many_lines_at_once_are_as_each_alone(tmp_path: Path) -> None:
    orders = [order(f"Line {number} is spoken now.", [NINJA, GLITCH][number % 2]) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(OfflineVoiceStudio(Library(tmp_path / "a")).speak, orders))
    alone = [OfflineVoiceStudio(Library(tmp_path / "b")).speak(each) for each in orders]
    assert [voice.audio for voice in together] == [voice.audio for voice in alone]


def test_a_line_that_was_spoken_before_is_reused(library: Library) -> None:
    studio = OfflineVoiceStudio(library)
    made, again = studio.speak(order()), studio.speak(order())
    assert (made.receipt.reused, again.receipt.reused) == (False, True)
    assert (again.audio, again.words, again.seconds) == (made.audio, made.words, made.seconds)
    assert again.receipt.provider == "offline"
    assert again.receipt.endpoint == "espeak-ng"
    assert again.receipt.cost_usd == 0


@pytest.mark.parametrize(
    "change",
    [{"variant": "en-us+m1"}, {"rate": 180}, {"pitch": 45}, {"range": 20}, {"effect": "none"}],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_of_the_voice_is_heard(shared: Library, change: dict[str, object]) -> None:
    studio = OfflineVoiceStudio(shared)
    changed = studio.speak(order("Hello there.", NINJA.model_copy(update=change)))
    assert changed.audio != studio.speak(order("Hello there.")).audio


def test_another_take_is_another_performance_and_says_so(library: Library) -> None:
    studio = OfflineVoiceStudio(library)
    takes = [studio.speak(order(take=take)) for take in (1, 2, 3)]
    assert [voice.receipt.take for voice in takes] == [1, 2, 3]
    lengths = sorted(voice.seconds for voice in takes)
    assert np.diff(lengths).min() > 0.05


@pytest.mark.parametrize("voice", [NINJA, OfflineVoice(rate=80, pitch=0, range=0)], ids=["usual", "at the limits"])
def test_the_first_take_is_as_set_and_no_two_of_many_are_alike(voice: OfflineVoice) -> None:
    takes = [performance(voice, take) for take in range(1, 31)]
    assert takes[0] == voice
    assert len({take.model_dump_json() for take in takes}) == len(takes)
    assert all(80 <= take.rate <= 450 and 0 <= take.pitch <= 99 and 0 <= take.range <= 99 for take in takes)


def test_the_recording_is_48_khz_mono_of_the_length_it_states(shared: Library) -> None:
    voice = OfflineVoiceStudio(shared).speak(order())
    path = shared.path(voice.audio)
    assert path.suffix == ".wav"
    assert path.stat().st_size == 44 + 2 * round(voice.seconds * RATE)
    assert len(delivered(shared, voice)) == round(voice.seconds * RATE)


@pytest.mark.parametrize("voice", [NINJA, GLITCH], ids=["ninja", "glitch"])
def test_every_written_word_has_its_time(shared: Library, voice: OfflineVoice) -> None:
    spoken = OfflineVoiceStudio(shared).speak(order(voice=voice))
    assert words_are_sound(spoken, LINE)
    assert all(word.end - word.start > 0.02 for word in spoken.words)
    price = next(word for word in spoken.words if word.text == "$499.99")
    assert price.end - price.start > 1  # nine spoken words


def test_words_lie_where_the_sound_is(shared: Library) -> None:
    voice = OfflineVoiceStudio(shared).speak(order("Stop. Now go."))
    sound = delivered(shared, voice)
    stop, now, _ = voice.words
    assert now.start - stop.end > 0.05  # the pause belongs to no word
    level = [
        np.abs(sound[round(start * RATE) : round(end * RATE)]).max()
        for start, end in [(stop.start, stop.end), (stop.end + 0.02, now.start - 0.02)]
    ]
    assert level[1] < level[0] / 30


def test_the_two_anchors_are_more_than_an_octave_apart(shared: Library) -> None:
    studio = OfflineVoiceStudio(shared)
    low, high = (median_pitch(delivered(shared, studio.speak(order(voice=voice)))) for voice in (NINJA, GLITCH))
    print(f"median pitch: {low:.0f} and {high:.0f} Hz")
    assert 80 < low < 130
    assert high > 2 * low


@pytest.mark.parametrize("voice", [NINJA, GLITCH], ids=["ninja", "glitch"])
def test_it_sounds_like_speech_and_is_not_clipped(shared: Library, voice: OfflineVoice) -> None:
    sound = delivered(shared, OfflineVoiceStudio(shared).speak(order(voice=voice)))
    frames = sound[: len(sound) // 960 * 960].reshape(-1, 960)
    loud = np.mean(np.sqrt(np.square(frames).mean(axis=1)) > 0.01)  # -40 dBFS
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    share = power[(hertz > 100) & (hertz < 4000)].sum() / power.sum()
    assert 0.7 < loud < 0.97  # noise: 1.0
    assert share > 0.85  # noise: 0.16
    assert np.abs(sound).max() < 0.96


def test_it_speaks_faster_than_real_time(library: Library) -> None:
    started = time.monotonic()
    voice = OfflineVoiceStudio(library).speak(order())
    print(f"{voice.seconds / (time.monotonic() - started):.0f} x real time, process and effects included")
    assert voice.receipt.render_seconds is not None
    assert voice.receipt.render_seconds > 0


@pytest.mark.parametrize(
    "spoken",
    [
        "你好 世界",
        "שלום עולם",
        "<b>bold</b> & <speak>",
        "[[h@loU]] [[",
        "nul\x00byte and \x01 80P bell\x07",
        "%s %n \\ \" ' { } ;",
        "cafe\u0301 e\u0301te\u0301",
        "\u202eabc\u202c def",
        "🙂 ok",
        "“Well…” she — said: ‘no’!",
        "1234567890 " * 40,
        "a" * 5000,
        "hello " * 833,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_strange_and_long_text_is_spoken_with_all_its_words(shared: Library, spoken: str) -> None:
    assert words_are_sound(OfflineVoiceStudio(shared).speak(order(spoken)), spoken)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoken=st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_spoken_or_refused(shared: Library, spoken: str) -> None:
    studio = OfflineVoiceStudio(shared)
    if any(character.isalnum() and character.isascii() for character in spoken):
        assert words_are_sound(studio.speak(order(spoken)), spoken)
    else:
        with contextlib.suppress(StudioError):  # what only the engine can tell: some signs have names, some do not
            assert words_are_sound(studio.speak(order(spoken)), spoken)


def test_commands_and_phonemes_of_the_engine_are_text(shared: Library) -> None:
    studio = OfflineVoiceStudio(shared)
    assert studio.speak(order("say \x01180S this")).seconds > studio.speak(order("say this")).seconds + 0.5
    assert studio.speak(order("[[h@loU]]")).audio != studio.speak(order("hello")).audio


def test_what_is_not_spoken_moves_no_word(shared: Library) -> None:
    studio = OfflineVoiceStudio(shared)
    plain, odd = (studio.speak(order(text)).words for text in ("one two three", "\x07\x00\x01\x02 one two three"))
    assert [word.start for word in odd[1:]] == pytest.approx([word.start for word in plain], abs=0.05)


@pytest.mark.parametrize("spoken", ["", " ", "...", "?!", "—", "\x00"], ids=repr)
def test_a_turn_with_nothing_to_speak_is_refused_with_its_place(shared: Library, spoken: str) -> None:
    with pytest.raises(StudioError, match=r"2026-11-20, s03, NINJA: .*nothing to speak") as refusal:
        OfflineVoiceStudio(shared).speak(order(spoken))
    assert not refusal.value.retryable
    assert refusal.value.mend


@pytest.mark.parametrize("variant", ["en-us+m99", "xx", "", "en-us+../!v/m3", "../../secret", "en-us+"], ids=repr)
def test_an_unknown_variant_is_refused_with_its_field(library: Library, variant: str) -> None:
    with pytest.raises(ContentError) as refusal:
        OfflineVoiceStudio(library).speak(order(voice=NINJA.model_copy(update={"variant": variant})))
    assert refusal.value.where == "show.yaml, characters.NINJA.voice.offline.variant"
    assert "en-us+m3" in (refusal.value.mend or "")


def test_an_environment_deeper_than_the_engine_allows_speaks_too(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(espeakng_loader.__file__).parent
    usual = OfflineVoiceStudio(Library(tmp_path / "usual")).speak(order())
    deep = tmp_path / "/".join(["a-folder-with-a-long-name"] * 8) / home.name
    deep.parent.mkdir(parents=True)
    deep.symlink_to(home)
    monkeypatch.setattr(espeakng_loader, "__file__", str(deep / "__init__.py"))
    assert len(espeakng_loader.get_data_path()) > 160
    assert OfflineVoiceStudio(library).speak(order()).audio == usual.audio


def test_an_engine_without_its_data_is_refused_with_what_mends_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(espeakng_loader, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(StudioError, match="not installed whole") as refusal:
        OfflineVoiceStudio(library).speak(order())
    assert "espeakng-loader" in (refusal.value.mend or "")


def test_an_engine_that_dies_is_an_error_with_its_last_words(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "espeak-ng-data").mkdir()
    monkeypatch.setattr(espeakng_loader, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(StudioError, match="ended with 1") as refusal:
        OfflineVoiceStudio(library).speak(order())
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
