"""What a comparison may be asked for; the whole of one is in `tests/ninja_assets/runs/test_comparison.py`."""

import math
from pathlib import Path

import pytest

from ninja_assets.cells.record.records import Records
from ninja_assets.reports.match_offers import models_on_offer
from ninja_assets.reports.matches import check_caps, check_match
from resources.core.errors import ContentError
from resources.core.names import SPEAKER_CLIPS, UPLOADED_URLS
from resources.core.values import Upload
from resources.models.endpoints import ids
from resources.purchasing.requests.briefs import Uploads
from resources.purchasing.requests.turn_requests import TurnRequests
from resources.purchasing.state.state import ShowState
from tests.paid_episode import paid_episode
from tests.stage import build_stage

MODELS = (ids.AVATAR_STANDARD, ids.AVATAR_PRO)


@pytest.mark.parametrize("cap", [math.nan, math.inf, -math.inf, -0.01])
def test_a_limit_that_limits_nothing_is_refused_whoever_launches(cap: float, tmp_path: Path) -> None:
    settings = build_stage(tmp_path).settings()
    models = ["v2/standard", "v2/pro"]
    with pytest.raises(ContentError, match="no price"):
        check_match(settings, "demo", "s01", models, cap_usd=cap)
    assert check_match(settings, "demo", "s01", models, cap_usd=0).cap_usd == 0


def test_a_comparison_is_priced_by_the_picture_that_was_uploaded_of_which_it_is_made(tmp_path: Path) -> None:
    """The clips of the picture that lies in the show now are bought: those that would be made are no gift."""
    with paid_episode(tmp_path, "NINJA: One two three.\nGLITCH: Four five six.") as episode:
        episode.say("s01")
        requests = episode.requests("s01")
        assert isinstance(requests, TurnRequests)
        assert requests.track is not None
        for model in MODELS:
            turn = episode.context.script.turn("s01").model_copy(update={"model": model})
            [request] = TurnRequests(episode.context, turn).requests(SPEAKER_CLIPS) or ()
            episode.buy(request, episode.library.put_bytes(model.encode(), ".mp4"))
        match = check_match(episode.settings, "demo", "s01", MODELS)
        now = check_caps(match)
        assert now is not None
        assert now.total_usd == 0
        glitch = episode.show.characters["GLITCH"]
        before = episode.context.paid.portraits.of(glitch, angle=None, width=1080, height=960)
        sound = Upload(url="https://cdn.test/voice.mp3", media=requests.track.audio)
        uploads = Uploads(voice=sound, portraits={"NINJA": Upload(url="https://cdn.test/ninja.jpg", media=before)})
        records = Records(ShowState.of(episode.ledger), episode.settings.output, episode.settings.mode)
        records.write(UPLOADED_URLS, match.key, uploads, {})
        asked, first = check_caps(match), check_caps(match, prepared=False)
        assert asked is not None
        assert first is not None
        assert (asked.total_usd > 0, first.total_usd) == (True, 0)
        offered = models_on_offer(episode.settings, episode.show, match.script, "s01")
        shown = {each.model: each.usd for each in offered if each.model in MODELS}
        assert shown == {model: asked.model_usd(model) for model in MODELS}
