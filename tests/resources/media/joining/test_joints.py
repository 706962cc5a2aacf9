"""Transitions: every frame outside of them as it was, those within between the two, nothing longer or shorter."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from resources.core.errors import MediaError
from resources.core.library import Library
from resources.core.names import Mode
from resources.media.ffmpeg import run
from resources.media.joining.join import CutFacts, Finish, final_cut
from resources.media.joining.joints import Transition
from resources.media.picture.composite import composite
from resources.media.profiles import PROFILES, Profile
from tests.resources.media.footage import burst, channels, clip, lag, order, times, voice

COLORS = ("0x204060", "0x602020", "0x206020")
LENGTHS = (1.31, 0.97, 1.2)
DIFFERENT = 2.0  # of 255, mean: more than an encoder changes, less than any step of a transition


@dataclass
class Segments:
    """Three segments of different colours, encoded for a rehearsal (no B-frames) or for publishing (with them)."""

    profile: Profile
    paths: list[Path]
    voices: list[NDArray[np.float32]]

    def cut(self, folder: Path, finish: Finish) -> tuple[Path, CutFacts]:
        final = folder / "final.mp4"
        return final, final_cut(self.paths, final, title="t", comment="c", profile=self.profile, finish=finish)


@pytest.fixture(scope="module", params=[Mode.REHEARSAL, Mode.FINAL])
def segments(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Segments:
    folder = tmp_path_factory.mktemp("segments")
    library, profile = Library(folder / "library"), PROFILES[request.param]
    voices = [burst(seconds, seed=number, at=(0.1, 0.6)) for number, seconds in enumerate(LENGTHS)]
    paths = []
    for number, (color, sound) in enumerate(zip(COLORS, voices, strict=True)):
        picture = clip(library, folder, color=color, seconds=1.4)
        wanted = order(picture, None, voice(library, sound), LENGTHS[number], captions="off")
        paths.append(composite(library, wanted, folder / f"s{number}.mp4", encoder=profile.encoder))
    return Segments(profile, paths, voices)


def frames(path: Path) -> NDArray[np.uint8]:
    """Every frame as it is decoded, without any conversion."""
    with av.open(str(path)) as file:
        return np.stack([frame.to_ndarray(format="yuv420p") for frame in file.decode(video=0)])


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.mark.parametrize("style", ["crossfade", "wipe"])
def test_only_the_frames_of_the_transition_differ_and_they_lead_from_one_picture_to_the_next(
    segments: Segments, tmp_path: Path, style: str
) -> None:
    final, facts = segments.cut(tmp_path, Finish(transition=Transition.model_validate({"style": style, "frames": 6})))
    shown, own = frames(final), [frames(path) for path in segments.paths]
    assert len(shown) == facts.frames == sum(map(len, own))
    assert times(final) == [frame * 512 for frame in range(facts.frames)]
    for number, (place, meant) in enumerate(zip(facts.places, own, strict=True)):
        here = shown[place.first_frame : place.first_frame + place.frames]
        whole = len(meant) if number == 2 else len(meant) - 12  # what follows the last key frame is encoded again
        np.testing.assert_array_equal(here[:whole], meant[:whole])
        assert apart(here[-7 if number < 2 else -1], meant[-7 if number < 2 else -1]) < DIFFERENT
        if number < 2:
            steps = [apart(picture, own[number + 1][0]) for picture in here[-7:]]
            assert all(later < earlier for earlier, later in pairwise(steps))


def test_sound_and_places_are_those_of_a_hard_cut(segments: Segments, tmp_path: Path) -> None:
    (tmp_path / "hard").mkdir()
    _, hard = segments.cut(tmp_path / "hard", Finish())
    final, soft = segments.cut(tmp_path, Finish(transition=Transition(style="crossfade", frames=6)))
    assert soft.places == hard.places
    sound = channels(final)[0]
    np.testing.assert_array_equal(sound, channels(tmp_path / "hard" / "final.mp4")[0])
    for place, meant in zip(soft.places, segments.voices, strict=True):
        first = place.first_frame * 1600
        assert abs(lag(sound[first : first + place.frames * 1600], meant)) <= 1


def test_a_transition_longer_than_the_last_group_of_frames_is_as_exact(segments: Segments, tmp_path: Path) -> None:
    final, facts = segments.cut(tmp_path, Finish(transition=Transition(style="crossfade", frames=20)))
    shown, own = frames(final), frames(segments.paths[1])
    assert times(final) == [frame * 512 for frame in range(facts.frames)]
    place = facts.places[1]
    assert apart(shown[place.first_frame], own[0]) < DIFFERENT
    assert apart(shown[place.first_frame + place.frames - 21], own[-21]) < DIFFERENT
    assert apart(shown[place.first_frame + place.frames - 10], own[-10]) > DIFFERENT


def test_each_joint_may_have_as_many_frames_as_it_has_room_for(segments: Segments, tmp_path: Path) -> None:
    finish = Finish(transition=Transition(style="crossfade", frames=6), joints=(0, 3))
    final, facts = segments.cut(tmp_path, finish)
    shown, own = frames(final), [frames(path) for path in segments.paths]
    first, second, third = facts.places
    np.testing.assert_array_equal(shown[: first.frames], own[0])  # a cut, and so a copy
    here = shown[second.first_frame : third.first_frame]
    assert apart(here[-4], own[1][-4]) < DIFFERENT
    assert all(apart(picture, meant) > DIFFERENT for picture, meant in zip(here[-3:], own[1][-3:], strict=True))


def test_an_ending_holds_the_last_picture_and_fades_to_black_and_silence(segments: Segments, tmp_path: Path) -> None:
    final, facts = segments.cut(tmp_path, Finish(ending_frames=15))
    shown, own = frames(final), frames(segments.paths[2])
    assert len(shown) == facts.frames == facts.places[-1].first_frame + facts.places[-1].frames + 15
    assert times(final) == [frame * 512 for frame in range(facts.frames)]
    assert apart(shown[-16], own[-1]) == 0
    light = [float(picture[: len(picture) * 2 // 3].mean()) for picture in shown[-16:]]
    assert all(later < earlier for earlier, later in pairwise(light))
    assert light[-1] < 17
    assert abs(len(channels(final)[0]) - facts.frames * 1600) <= 1024


def test_an_ending_may_stand_without_fading(segments: Segments, tmp_path: Path) -> None:
    final, facts = segments.cut(tmp_path, Finish(ending="hold", ending_frames=5))
    shown = frames(final)
    assert len(shown) == facts.frames == facts.places[-1].first_frame + facts.places[-1].frames + 5
    assert apart(shown[-1], shown[-6]) < 2  # the same picture, encoded once more


def test_a_loop_ends_in_its_beginning_and_is_no_longer(segments: Segments, tmp_path: Path) -> None:
    final, facts = segments.cut(tmp_path, Finish(ending="loop"))
    shown, first, last = frames(final), frames(segments.paths[0])[0], frames(segments.paths[2])
    assert len(shown) == facts.frames == facts.places[-1].first_frame + facts.places[-1].frames
    assert apart(shown[-1], first) < apart(shown[-1], last[-1])
    assert apart(shown[-8], last[-8]) < DIFFERENT


def test_a_segment_of_other_settings_is_refused_not_shown_broken(segments: Segments, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    coding = ["-c:v", "libx264", "-preset", "slow", "-video_track_timescale", "15360", "-c:a", "copy"]
    run(["-i", str(segments.paths[0]), *coding, str(other)])
    strange = Segments(segments.profile, [other, segments.paths[1]], segments.voices)
    with pytest.raises(MediaError, match="would not play with its segment"):
        strange.cut(tmp_path, Finish(transition=Transition(style="wipe", frames=6)))
