"""A turn too long for its model: bought in pieces, each once, for the quoted price, and joined to one clip."""

import numpy as np
import pytest

from resources.content.show import Caps
from resources.core.errors import CapError, NinjaError, StudioError
from resources.core.values import Word
from resources.media.audio.voice_track import wav_bytes
from resources.media.timebase import RATE
from resources.models.endpoints import ids
from resources.providers.fal.queue import Times
from resources.purchasing.requests.briefs import SpeakerBrief
from resources.purchasing.requests.clip_requests import expected_speaker
from resources.purchasing.requests.quotes import quote_of
from tests.resources.providers.fal.conftest import CAPS, Bench, MakeBench

FABRIC_USD = 0.15  # a second at 720p; it takes 30 s
WORDS = (Word(text="One.", start=0.06, end=16.0), Word(text="Two!", start=16.5, end=32.0))
SECONDS = 32.3


def long_turn(bench: Bench, take: int = 1, words: tuple[Word, ...] = WORDS) -> SpeakerBrief:
    """Two sentences of 16 s, each a tone, for VEED Fabric."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    spoken = sum(((time >= word.start) & (time < word.end)) for word in WORDS)
    track = bench.library.put_bytes(wav_bytes((np.sin(time * 900) * 0.3 * spoken).astype(np.float32)), ".wav")
    return bench.speaker(model=ids.FABRIC, take=take, seconds=SECONDS, track=track, words=words)


def quoted(bench: Bench, order: SpeakerBrief) -> float:
    return sum(quote_of(bench.ledger, request.purchase).usd for request in order.requests)


def test_it_is_bought_in_pieces_for_the_quoted_price_once_and_is_as_long_as_its_voice(bench: Bench) -> None:
    order = long_turn(bench)
    before = quoted(bench, order)
    clip = bench.studio.speaker(order)
    bought = bench.providers.report().of("fal")
    assert len({str(purchase.content["audio_url"]) for purchase in bought}) == len(bought) == 2
    assert clip.seconds == pytest.approx(SECONDS, abs=1 / clip.fps)
    assert clip.receipt.estimated_usd == pytest.approx(before) == pytest.approx((SECONDS + 0.25) * FABRIC_USD, abs=0.01)
    assert clip.receipt.cost_usd == pytest.approx(before, rel=0.02)
    assert str(clip.receipt.note).startswith("made in 2 pieces, joined between sentences at 16.1")
    assert len(str(clip.receipt.request_id).split(", ")) == 2
    again = bench.studio.speaker(order)
    assert (again.receipt.reused, again.receipt.cost_usd, again.video) == (True, 0.0, clip.video)
    assert quoted(bench, order) == 0
    assert bench.bought() == 2
    bench.studio.speaker(long_turn(bench, take=2))
    assert bench.bought() == 4


def test_a_piece_that_failed_is_bought_again_alone(bench: Bench) -> None:
    bench.providers.fault("fal.submit", "job", nth=2, job={"status": 500, "detail": "out of memory"})
    with pytest.raises(NinjaError):
        bench.studio.speaker(long_turn(bench))
    kept = bench.bought()
    assert bench.studio.speaker(long_turn(bench)).seconds == pytest.approx(SECONDS, abs=0.05)
    assert bench.bought() == kept + 1


def test_pieces_that_were_under_way_when_the_run_ended_are_collected_and_not_bought_again(
    make_bench: MakeBench,
) -> None:
    hasty = make_bench(times=Times(poll=0.05, deadline=0.3))
    hasty.providers.settings(latency=600)
    with pytest.raises(StudioError):
        hasty.studio.speaker(long_turn(hasty))
    assert hasty.bought() == 2
    hasty.ledger.close()
    hasty.providers.advance(600)
    later = make_bench()
    assert later.studio.speaker(long_turn(later)).seconds == pytest.approx(SECONDS, abs=0.05)
    assert later.bought() == 2


def test_when_the_pieces_together_would_go_over_a_cap_none_is_bought(make_bench: MakeBench) -> None:
    bench = make_bench(caps=Caps(**{**CAPS.model_dump(), "segment_usd": 3.0}))
    with pytest.raises(CapError, match=r"\$4\.8"):
        bench.studio.speaker(long_turn(bench))
    assert bench.bought() == 0


def test_without_a_sentence_that_ends_early_enough_it_is_refused_with_the_models_that_take_it(bench: Bench) -> None:
    words = (WORDS[0].model_copy(update={"text": "One"}), WORDS[1])
    with pytest.raises(NinjaError, match="its sentences cannot be cut to fit") as refused:
        long_turn(bench, words=words)
    assert ids.AVATAR_PRO in str(refused.value)
    assert ids.FABRIC not in str(refused.value.hint)
    assert bench.bought() == 0


def test_before_the_voice_it_is_priced_in_pieces(bench: Bench) -> None:
    quote = expected_speaker(
        bench.market, label="NINJA", character=bench.character(), model=ids.FABRIC, seconds=40.0, sentences=(15.0, 24.0)
    )
    assert quote.usd == pytest.approx(40.25 * FABRIC_USD)
    assert "made in 2 pieces" in str(quote.note)
