"""The offline voice with its real engines: what it delivers, that it is the same each time, and who speaks what."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.content.settings.characters import OfflineVoice
from resources.core.errors import StudioError
from resources.core.library import Library
from resources.media.timebase import RATE
from resources.providers.offline import hibari
from resources.providers.offline.hibari import MAN, WOMAN
from resources.providers.offline.offline_voice import OfflineVoiceStudio, performance, timbre_of
from tests.resources.providers.offline.lines import (
    ESPEAK_GLITCH,
    ESPEAK_NINJA,
    GLITCH,
    LINE,
    NINJA,
    delivered,
    median_pitch,
    order,
    words_are_sound,
)

CAST = pytest.mark.parametrize(
    "voice",
    [NINJA, GLITCH, ESPEAK_NINJA, ESPEAK_GLITCH],
    ids=["ninja", "glitch", "ninja by eSpeak", "glitch by eSpeak"],
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library for tests that only look at what is delivered."""
    return Library(tmp_path_factory.mktemp("library"))


def test_the_same_order_gives_the_same_bytes_in_fresh_libraries(tmp_path: Path) -> None:
    orders = [order(voice=NINJA), order(voice=GLITCH), order(voice=ESPEAK_NINJA), order(voice=ESPEAK_GLITCH)]
    first = [OfflineVoiceStudio(Library(tmp_path / "a")).speak(each) for each in orders]
    time.sleep(1.1)  # left alone, eSpeak seeds itself with the second of the day
    second = [OfflineVoiceStudio(Library(tmp_path / "b")).speak(each) for each in orders]
    assert [voice.audio for voice in first] == [voice.audio for voice in second]
    assert [voice.words for voice in first] == [voice.words for voice in second]
    assert [voice.visemes for voice in first] == [voice.visemes for voice in second]
    assert not any(voice.receipt.reused for voice in second)


def test_many_lines_at_once_are_as_each_alone(tmp_path: Path) -> None:
    orders = [order(f"Line {number} is spoken now.", [NINJA, GLITCH, ESPEAK_NINJA][number % 3]) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(OfflineVoiceStudio(Library(tmp_path / "a")).speak, orders))
    alone = [OfflineVoiceStudio(Library(tmp_path / "b")).speak(each) for each in orders]
    assert [voice.audio for voice in together] == [voice.audio for voice in alone]


def test_a_line_that_was_spoken_before_is_reused(library: Library) -> None:
    studio = OfflineVoiceStudio(library)
    made, again = studio.speak(order()), studio.speak(order())
    assert (made.receipt.reused, again.receipt.reused) == (False, True)
    assert (again.audio, again.words, again.visemes) == (made.audio, made.words, made.visemes)
    assert (again.receipt.provider, again.receipt.endpoint, again.receipt.note) == ("offline", "hibari-tts", None)
    assert again.receipt.cost_usd == 0


@pytest.mark.parametrize("voice", [NINJA, ESPEAK_NINJA], ids=["neural", "eSpeak"])
@pytest.mark.parametrize(
    "change",
    [{"variant": "en-us+f1"}, {"rate": 190}, {"pitch": 45}, {"range": 20}, {"effect": "none"}],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_of_the_voice_is_heard(shared: Library, voice: OfflineVoice, change: dict[str, object]) -> None:
    studio = OfflineVoiceStudio(shared)
    changed = studio.speak(order("Hello there.", voice.model_copy(update=change)))
    assert changed.audio != studio.speak(order("Hello there.", voice)).audio


@pytest.mark.parametrize("voice", [NINJA, ESPEAK_NINJA], ids=["neural", "eSpeak"])
def test_a_faster_rate_is_shorter_and_a_higher_pitch_higher(shared: Library, voice: OfflineVoice) -> None:
    studio = OfflineVoiceStudio(shared)
    usual, fast, high = (
        studio.speak(order(voice=voice.model_copy(update=change))) for change in ({}, {"rate": 240}, {"pitch": 60})
    )
    assert 0.6 < fast.seconds / usual.seconds < 0.85
    assert median_pitch(delivered(shared, high)) > 1.15 * median_pitch(delivered(shared, usual))


# The neural voice counts in steps of 25 ms: a take that is 3 % slower lasts about as long.
@pytest.mark.parametrize(("voice", "least"), [(NINJA, 0.0), (ESPEAK_NINJA, 0.05)], ids=["neural", "eSpeak"])
def test_another_take_is_another_performance_and_says_so(library: Library, voice: OfflineVoice, least: float) -> None:
    studio = OfflineVoiceStudio(library)
    takes = [studio.speak(order(voice=voice, take=take)) for take in (1, 2, 3)]
    assert [take.receipt.take for take in takes] == [1, 2, 3]
    assert len({take.audio.sha256 for take in takes}) == 3
    lengths = sorted(take.seconds for take in takes)
    assert np.diff(lengths).min() >= least
    assert lengths[-1] > lengths[0] + 0.1


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


@CAST
def test_every_written_word_has_its_time(shared: Library, voice: OfflineVoice) -> None:
    spoken = OfflineVoiceStudio(shared).speak(order(voice=voice))
    assert words_are_sound(spoken, LINE)
    assert all(word.end - word.start > 0.02 for word in spoken.words)
    price = next(word for word in spoken.words if word.text == "$499.99")
    assert price.end - price.start > 1  # nine spoken words


@CAST
def test_words_lie_where_the_sound_is(shared: Library, voice: OfflineVoice) -> None:
    spoken = OfflineVoiceStudio(shared).speak(order("Stop. Now go.", voice))
    sound = delivered(shared, spoken)
    stop, now, _ = spoken.words
    assert now.start - stop.end > 0.05  # the pause belongs to no word
    level = [
        np.abs(sound[round(start * RATE) : round(end * RATE)]).max()
        for start, end in [(stop.start, stop.end), (stop.end + 0.02, now.start - 0.02)]
    ]
    assert level[1] < level[0] / 30


@pytest.mark.parametrize(("man", "woman"), [(NINJA, GLITCH), (ESPEAK_NINJA, ESPEAK_GLITCH)], ids=["neural", "eSpeak"])
def test_the_two_anchors_are_more_than_an_octave_apart(shared: Library, man: OfflineVoice, woman: OfflineVoice) -> None:
    studio = OfflineVoiceStudio(shared)
    low, high = (median_pitch(delivered(shared, studio.speak(order(voice=voice)))) for voice in (man, woman))
    print(f"median pitch: {low:.0f} and {high:.0f} Hz")
    assert 80 < low < 130
    assert high > 2 * low


@CAST
def test_it_sounds_like_speech_and_is_not_clipped(shared: Library, voice: OfflineVoice) -> None:
    sound = delivered(shared, OfflineVoiceStudio(shared).speak(order(voice=voice)))
    frames = sound[: len(sound) // 960 * 960].reshape(-1, 960)
    loud = np.mean(np.sqrt(np.square(frames).mean(axis=1)) > 0.01)  # -40 dBFS
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    share = power[(hertz > 100) & (hertz < 4000)].sum() / power.sum()
    assert 0.55 < loud < 0.97  # noise: 1.0
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
        "1234567890 " * 8,
        "a" * 5000,
        "hello " * 120,
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


def test_what_is_not_spoken_moves_no_word(shared: Library) -> None:
    studio = OfflineVoiceStudio(shared)
    plain, odd = (studio.speak(order(text)).words for text in ("one two three", "\x07\x00\x01\x02 one two three"))
    assert [word.start for word in odd[1:]] == pytest.approx([word.start for word in plain], abs=0.05)


@pytest.mark.parametrize("spoken", ["", " ", "...", "?!", "—", "\x00"], ids=repr)
def test_a_turn_with_nothing_to_speak_is_refused_with_its_place(shared: Library, spoken: str) -> None:
    with pytest.raises(StudioError, match=r"2026-11-20, s03, NINJA: .*nothing to speak") as refusal:
        OfflineVoiceStudio(shared).speak(order(spoken))
    assert not refusal.value.retryable
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("settings", "language", "timbre"),
    [
        ({}, "en", MAN),
        ({"variant": "en-us+m7"}, "en", MAN),
        ({"variant": "en-gb+f2"}, "en", WOMAN),
        ({"variant": "en"}, "en", MAN),
        ({"variant": "en-us+f5", "voice": "hibari-man"}, "en", MAN),
        ({"voice": "hibari-woman"}, "en", WOMAN),
        ({"voice": "espeak"}, "en", None),
        ({"variant": "en-us+croak"}, "en", None),  # a character of eSpeak's own
        ({"variant": "en-gb-scotland+m1"}, "en", None),  # an accent
        ({"variant": "en-us+m99"}, "en", None),  # no variant at all: eSpeak refuses it
        ({"variant": "de+m1"}, "en", None),
        ({"variant": "de+m1"}, "de", None),
        ({}, "de", None),
    ],
    ids=str,
)
def test_plain_english_is_spoken_by_the_neural_voice_of_that_sex_and_all_else_by_espeak(
    settings: dict[str, str], language: str, timbre: object
) -> None:
    assert timbre_of(OfflineVoice.model_validate(settings), language) == timbre


def test_german_is_spoken_by_espeak_and_the_receipt_says_so(shared: Library) -> None:
    voice = OfflineVoiceStudio(shared).speak(
        order("Guten Tag, schöne Welt!", OfflineVoice(variant="de+f2"), language="de")
    )
    assert (voice.receipt.endpoint, voice.receipt.note) == ("espeak-ng", None)
    assert words_are_sound(voice, "Guten Tag, schöne Welt!")
    assert voice.visemes is not None
    assert len({cue.shape for cue in voice.visemes}) > 4


def test_a_line_that_the_neural_voice_has_no_sounds_for_is_spoken_by_espeak_and_says_why(shared: Library) -> None:
    voice = OfflineVoiceStudio(shared).speak(order("She said привет to me."))
    assert voice.receipt.endpoint == "espeak-ng"
    assert voice.receipt.note == "spoken by eSpeak NG: hibari-tts has no sounds for 'привет'"


def test_where_the_neural_voice_cannot_be_loaded_espeak_speaks_says_why_until_it_is_mended(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = OfflineVoiceStudio(library)
    with monkeypatch.context() as patched:
        patched.setattr(hibari, "_loaded", _missing)
        stand_in = studio.speak(order())
    assert stand_in.receipt.endpoint == "espeak-ng"
    assert stand_in.receipt.note == (
        "spoken by eSpeak NG: hibari-tts cannot be loaded (ModuleNotFoundError: No module named 'onnxruntime')"
    )
    assert studio.speak(order()).receipt.endpoint == "hibari-tts"  # the wheel was mended


def _missing() -> None:
    raise ModuleNotFoundError("No module named 'onnxruntime'")
