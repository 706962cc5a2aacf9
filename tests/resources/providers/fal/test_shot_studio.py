"""Shots bought through the real client: every file by content in the key, by address in the request, at its price."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from resources.content.shots import parse_shot
from resources.content.show import Format
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.values import Media
from resources.media import ffmpeg
from resources.models.endpoints import ids
from resources.models.prices import PriceList
from resources.models.references import fitted
from resources.providers.fal.shot_studio import FalShotStudio
from resources.purchasing.requests.briefs import ShotBrief
from resources.purchasing.requests.quotes import Quote
from resources.purchasing.requests.shot_requests import expected_shot, shot_requests
from tests.resources.providers.fal.conftest import Bench, cell

O3_EDIT_PRICE = """
    [[price]]
    endpoint = "fal-ai/kling-video/o3/pro/video-to-video/edit"
    unit = "second"
    unit_usd = 0.14
    date = 2026-11-21
    source = "a person"
    """


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a picture that is see-through in places, and of a clip of 3.2 s."""
    folder = tmp_path_factory.mktemp("files")
    picture = Image.effect_noise((800, 1200), 90).convert("RGBA")
    picture.putpixel((0, 0), (0, 0, 0, 0))
    picture.save(folder / "a.png")
    source = ("-f", "lavfi", "-i", "testsrc2=s=720x1280:r=24:d=3.2", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    ffmpeg.run([*source, str(folder / "b.mp4")])
    return folder


@pytest.fixture
def files(bench: Bench, made: Path) -> tuple[Media, Media]:
    """Both, in the library."""
    return bench.library.put(made / "a.png"), bench.library.put(made / "b.mp4")


def order(bench: Bench, files: tuple[Media, Media], label: str, text: str, **settings: Any) -> ShotBrief:
    shot = parse_shot(label, settings, text)
    given = {
        slot: fitted(bench.library, shot, slot, files[slot in shot.clip_slots], format=Format.SHORT, where="here")
        for slot in shot.needs()
    }
    brief = ShotBrief(cell=cell("s02"), shot=shot, format=Format.SHORT, take=1, given=given)
    return replace(brief, requests=shot_requests(bench.market, brief))


def studio(bench: Bench) -> FalShotStudio:
    return FalShotStudio(bench.queue, bench.library)


@pytest.mark.parametrize(
    ("label", "settings", "text", "endpoint", "usd"),
    [
        ("BROLL", {"audio": True}, "A desk.\n[Ninja]: Hello!", ids.T2V_O3_STANDARD, 5 * 0.112),
        ("TRANSITION", {"start": "a.png", "end": "b.mp4"}, "It turns.", ids.I2V_V25_PRO, 5 * 0.07),
        ("EDIT", {"clip": "b.mp4", "references": {"hat": "a.png"}}, "A @hat.", ids.EDIT_O1, 3.2 * 0.168),
        ("IMAGE", {"references": {"one": "a.png", "two": "b.mp4"}}, "Both.", ids.NANO_2_EDIT, 0.08),
        ("IMAGE", {"seed": 7}, "A ninja.", ids.FLUX_DEV, 0.025),  # a megapixel, rounded up
    ],
)
def test_a_shot_is_bought_once_at_its_price(
    bench: Bench, files: tuple[Media, Media], label: str, settings: dict[str, Any], text: str, endpoint: str, usd: float
) -> None:
    wanted = order(bench, files, label, text, **settings)
    made = studio(bench).shoot(wanted)
    again = studio(bench).shoot(wanted)
    assert (made.media, made.receipt.reused, again.receipt.reused) == (again.media, False, True)
    assert made.receipt.endpoint == endpoint
    assert made.receipt.cost_usd == pytest.approx(usd, rel=0.08)
    assert made.receipt.cost_usd == pytest.approx(bench.providers.report().spent_usd, abs=1e-6)
    assert made.reason
    assert (made.seconds is None) == (label == "IMAGE")
    (entry,) = bench.ledger.rows()
    assert entry.asset == "shots"
    assert entry.sent is not None
    for name, value in entry.arguments.items():
        if "sha256:" in str(value):
            assert "http" in str(entry.sent[name])
            assert "sha256:" not in str(entry.sent[name])
    assert bench.bought() == 1


def test_a_shot_without_a_price_is_bought_once_a_person_has_told_it(
    bench: Bench, files: tuple[Media, Media], tmp_path: Path
) -> None:
    scene = ("EDIT", "Snow falls.")
    with pytest.raises(ContentError, match=r"prices\.toml beside show\.yaml"):
        order(bench, files, *scene, clip="b.mp4", quality="best")
    assert bench.bought() == 0
    (tmp_path / "prices.toml").write_text(O3_EDIT_PRICE, encoding="utf-8")
    bench.market = replace(bench.market, prices=PriceList.load(tmp_path / "prices.toml"))
    made = studio(bench).shoot(order(bench, files, *scene, clip="b.mp4", quality="best"))
    assert made.receipt.endpoint == ids.EDIT_O3_PRO
    assert made.receipt.cost_usd == pytest.approx(3.2 * 0.14, rel=0.08)
    assert made.seconds == pytest.approx(3.2, abs=0.15)
    assert bench.bought() == 1


def test_a_file_outside_its_models_limits_is_refused_before_anything_is_sent(
    bench: Bench, tmp_path: Path, files: tuple[Media, Media]
) -> None:
    ffmpeg.run(["-f", "lavfi", "-i", "testsrc2=s=320x240:r=24:d=2", "-pix_fmt", "yuv420p", str(tmp_path / "c.mp4")])
    small = bench.library.put(tmp_path / "c.mp4")
    with pytest.raises(ContentError, match="does not take this") as caught:
        order(bench, (files[0], small), "EDIT", "Snow.", clip="c.mp4")
    assert "lasts 2.00 s" in str(caught.value)
    assert bench.bought() == 0


def test_a_draft_is_made_cheaply_unless_the_shot_says_otherwise(bench: Bench) -> None:
    def quote(mode: Mode, **settings: str) -> Quote:
        shot = parse_shot("BROLL", {"image": "a.png", **settings}, "x")
        return expected_shot(bench.market, shot, mode, Format.SHORT, {})

    draft, final, best = quote(Mode.DRAFT), quote(Mode.FINAL), quote(Mode.DRAFT, quality="best")
    assert (draft.endpoint, final.endpoint) == (ids.I2V_V25_STANDARD, ids.I2V_V21_PRO)
    assert best.endpoint == ids.I2V_V21_MASTER
    assert draft.usd < final.usd < best.usd
