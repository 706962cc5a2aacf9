"""The puppets as drawings: portraits, framing, states, and what their parts cover."""

import gc

import numpy as np
import pytest

from resources.core.errors import ContentError
from resources.providers.offline.puppets import PUPPETS, portrait, puppet
from resources.providers.offline.puppets.motion import TURNS_AT, listening, speaking
from resources.providers.offline.puppets.parts import (
    HELD,
    LOOP_FRAMES,
    MOUTHS,
    SHUT,
    SMILE,
    Eyes,
    Framing,
    Lips,
    Pose,
    mouth_index,
)
from resources.providers.offline.puppets.stage import Layer, Planes, Stage, planes_of

WIDE = mouth_index(Lips.FREE, 1.0, 0.0)
EVERY = pytest.mark.parametrize("name", sorted(PUPPETS))


def difference(frame: Planes, other: Planes) -> float:
    """The mean difference in light, in steps of 255."""
    return float(np.abs(np.asarray(frame.y, dtype=float) - np.asarray(other.y, dtype=float)).mean())


@EVERY
def test_every_part_has_its_drawing_in_the_artwork(name: str) -> None:
    artwork = puppet(name).artwork.read_text(encoding="utf-8")
    for part in (puppet(name).body, *puppet(name).head):
        assert part.states or f'id="part-{part.name}"' in artwork


@EVERY
def test_eyes_and_mouth_have_a_drawing_for_every_state(name: str) -> None:
    states = {part.name: len(part.states) for part in puppet(name).head if part.states}
    assert states == {"eyes": len(Eyes), "mouth": len(MOUTHS)}


@EVERY
def test_no_pose_shows_what_is_left_unpainted_behind_other_parts(name: str) -> None:
    stage = Stage(puppet(name), 720, 640)
    corners = [Pose(turn=turn, nod=nod, roll=4 * turn, mouth=WIDE, opening=1) for turn in (-1, 1) for nod in (-1, 1)]
    for pose in (Pose(), *corners):
        whole, fast = (
            np.asarray(frame.y.reduce(4), dtype=float) for frame in (planes_of(stage.picture(pose)), stage.paint(pose))
        )
        # Sampling differs by up to 15 along edges; a hole shows as 40 and more.
        assert np.abs(whole - fast).max() < 25


@EVERY
def test_small_moves_are_smaller_than_a_pixel(name: str) -> None:
    stage = Stage(puppet(name), 720, 640)
    rest, slight, full = (stage.paint(Pose(turn=turn)) for turn in (0.0, 0.06, 1.0))
    assert 0 < difference(rest, slight) < 0.25 * difference(rest, full)


@EVERY
def test_a_stage_that_has_painted_other_poses_paints_the_same_frame(name: str) -> None:
    fresh, used = Stage(puppet(name), 360, 320), Stage(puppet(name), 360, 320)
    pose = Pose(turn=0.4, roll=1.0, lift=0.5, mouth=5, opening=0.4)
    for other in (Pose(turn=0.4, roll=1.0, lift=0.5, eyes=Eyes.SHUT, bob=6), Pose(turn=-0.4), pose):
        used.paint(other)
    assert used.paint(pose).tobytes() == fresh.paint(pose).tobytes()


def test_a_clip_that_goes_a_way_of_its_own_leaves_nothing_painted_behind() -> None:
    stage = Stage(puppet("ninja"), 360, 320)
    pose = Pose(turn=0.4, roll=1.0)
    own = stage.painter()
    painted = own(pose).tobytes()
    kept = _layers()
    del own
    assert _layers() < kept
    assert stage.paint(pose).tobytes() == painted


def _layers() -> int:
    gc.collect()
    return sum(isinstance(each, Layer) for each in gc.get_objects())


@EVERY
def test_a_bob_lowers_the_head_and_leaves_the_desk(name: str) -> None:
    stage = Stage(puppet(name), 360, 320)
    rest, low = (np.asarray(stage.paint(Pose(bob=bob)).y, dtype=float) for bob in (0.0, 10 * 1080 / 320))
    head, desk = slice(60, 100), slice(280, 320)
    assert np.abs(low[70:110, 150:210] - rest[60:100, 150:210]).mean() < np.abs(low - rest)[head, 150:210].mean()
    assert (low[desk] == rest[desk]).all()


def test_every_line_and_calm_listener_sways_along_one_way() -> None:
    loud = np.full(LOOP_FRAMES, 0.7, dtype=np.float32)
    lines = (
        speaking(loud, LOOP_FRAMES // HELD, (), seed=1),
        speaking(loud, LOOP_FRAMES // HELD, (), seed=2),
        listening("attentive", 3),
    )
    ways = [{(pose.turn, pose.nod, pose.roll, pose.lift) for pose in poses} for poses in lines]
    assert ways[0] == ways[1] == ways[2]
    assert len(ways[0]) == TURNS_AT // HELD + 1  # there, and back the same way: half of it is painted


def test_an_unknown_puppet_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ContentError) as caught:
        puppet("robin")
    assert "glitch, ninja" in str(caught.value)


@pytest.mark.parametrize("size", [(1080, 960), (960, 1080), (1080, 1080), (1920, 1080), (1080, 1920), (540, 480)])
def test_a_face_takes_about_half_of_the_height_of_a_pane(size: tuple[int, int]) -> None:
    framing = Framing.of(*size)
    head = next(part for part in puppet("ninja").head if part.name == "hood")
    left, top, right, bottom = framing.pixels(head.box)
    assert left > 0
    assert top > 0.08 * size[1]
    assert right < size[0]
    assert (bottom - top) / size[1] > (0.45 if size[0] > 0.8 * size[1] else 0.3)


def test_a_portrait_shows_the_puppet_in_its_studio() -> None:
    ninja, glitch = (
        np.asarray(portrait(name, 240, 240), dtype=float).mean(axis=(0, 1)) for name in ("ninja", "glitch")
    )
    assert ninja[2] > ninja[0]  # blue
    assert glitch[0] > glitch[1]  # pink


@EVERY
def test_no_two_mouths_look_alike(name: str) -> None:
    states = next(part.states for part in puppet(name).head if part.name == "mouth")
    assert len(set(states)) == len(MOUTHS)


def test_equal_lines_move_equally_and_another_seed_moves_otherwise() -> None:
    loud = np.linspace(0, 1, 60, dtype=np.float32)
    assert speaking(loud, 60, (), seed=3) == speaking(loud, 60, (), seed=3) != speaking(loud, 60, (), seed=4)


def test_a_silent_line_keeps_the_mouth_shut() -> None:
    assert {pose.mouth for pose in speaking(np.zeros(60, dtype=np.float32), 60, (), seed=3)} == {SHUT}


@pytest.mark.parametrize("seed", range(8))
def test_listeners_blink_and_never_open_the_mouth(seed: int) -> None:
    for mood in ("attentive", "amused", "surprised", "doubtful"):
        poses = listening(mood, seed)
        assert {pose.mouth for pose in poses} <= {SHUT, SMILE}
        assert any(pose.eyes is Eyes.SHUT for pose in poses)
        assert max(abs(pose.roll) for pose in poses) < 6
