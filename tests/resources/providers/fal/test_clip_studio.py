"""Orders become purchases that fit the models, at the price that was quoted, and listeners are bought once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pytest

from resources.content.settings.characters import Listening, Speaking
from resources.content.show import ListenerPlan
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.values import Cell
from resources.models import catalogue
from resources.models.catalogue import Kind
from resources.models.endpoints import ids
from resources.models.prices import PriceList
from resources.providers.fal import pricing
from resources.purchasing.requests.clip_requests import expected_speaker
from resources.purchasing.requests.quotes import Quote, once, quote_of
from tests.resources.providers.fal.conftest import PRO, STANDARD, Bench, MakeBench, models, picture

TAILED = "fal-ai/kling-video/v2.6/pro/image-to-video"


# Speakers


def test_the_prompt_and_the_model_come_from_the_turn_then_the_character_then_the_mode(bench: Bench) -> None:
    own = bench.character(speaking=Speaking(prompt="Speaks calmly.", model=PRO))
    bench.studio.speaker(bench.speaker())
    bench.studio.speaker(bench.speaker(character=own))
    bench.studio.speaker(bench.speaker(character=own, model=STANDARD))
    bench.studio.speaker(bench.speaker(character=own, acting="leans in"))
    sent = [(purchase.endpoint, purchase.content["prompt"]) for purchase in bench.providers.report().of("fal")]
    assert sent.pop() == (PRO, "Speaks calmly. Leans in.")
    assert sent[0][0] == STANDARD
    assert "Expressive digital LED eyes" in sent[0][1]
    assert sent[1:] == [(PRO, "Speaks calmly."), (STANDARD, "Speaks calmly.")]


def test_an_endpoint_that_is_no_avatar_is_refused_with_those_that_are(bench: Bench) -> None:
    with pytest.raises(ContentError, match="cannot make NINJA speak") as caught:
        bench.studio.speaker(bench.speaker(model=TAILED))
    assert PRO in str(caught.value)


def test_a_speaker_without_a_picture_is_refused(bench: Bench) -> None:
    with pytest.raises(ContentError, match="no picture"):
        bench.studio.speaker(bench.speaker(image=None))


def test_a_picture_that_was_not_prepared_is_refused_before_it_is_bought(bench: Bench) -> None:
    small = bench.library.put_bytes(picture(300, 300), ".png")
    clear = bench.library.put_bytes(picture(600, 600, "RGBA"), ".png")
    for media in (small, clear):
        with pytest.raises(ContentError, match="not one that the models take"):
            bench.speaker(image=media)
    assert bench.bought() == 0


# Any avatar model


@dataclass(frozen=True)
class Avatar:
    """An avatar model as it is ordered for a short turn: its own settings, and US dollars a second.

    `unit` and `unit_usd` are what fal bills it in.
    """

    model: str
    settings: dict[str, object]
    usd: float
    prompt: bool = True
    unit: str = "seconds"
    unit_usd: float | None = None


AVATARS = (
    Avatar(STANDARD, {}, 0.0562),
    Avatar(PRO, {}, 0.115),
    Avatar(ids.OMNIHUMAN, {"resolution": "1080p", "turbo_mode": False}, 0.16),
    Avatar(
        ids.AURORA,
        {"resolution": "720p", "guidance_scale": 1.0, "audio_guidance_scale": 2.0},
        0.14,
        unit="units",
        unit_usd=1.0,
    ),
    Avatar(ids.FABRIC, {"resolution": "720p"}, 0.15, prompt=False, unit_usd=0.08),
    Avatar(ids.SYNC_3, {}, 0.1333, prompt=False, unit="minutes", unit_usd=8.0),
    Avatar(ids.HEYGEN_4, {"resolution": "720p", "aspect_ratio": "auto", "talking_style": "stable"}, 0.10, prompt=False),
    Avatar(ids.LTX_25_FAST, {"aspect_ratio": "auto"}, 0.13),
)


def test_every_avatar_of_the_catalogue_is_in_this_test() -> None:
    assert [avatar.model for avatar in AVATARS] == [endpoint.id for endpoint in catalogue.by_kind(Kind.AVATAR)]


@pytest.mark.parametrize("avatar", AVATARS, ids=lambda avatar: avatar.model)
def test_a_turn_is_spoken_by_any_avatar_with_exactly_its_own_arguments(bench: Bench, avatar: Avatar) -> None:
    order = bench.speaker(model=avatar.model, seconds=3.2)
    clip = bench.studio.speaker(order)
    [purchase] = bench.providers.report().of("fal")
    prompt = {"prompt": order.character.speaking.prompt} if avatar.prompt else {}
    files = {name: purchase.content[name] for name in ("image_url", "audio_url")}
    assert purchase.endpoint == avatar.model
    assert purchase.content == files | prompt | avatar.settings
    assert clip.seconds == pytest.approx(3.2, abs=0.2)
    assert clip.receipt.estimated_usd == pytest.approx(3.2 * avatar.usd, rel=0.05)
    assert clip.receipt.cost_usd == pytest.approx(purchase.cost_usd, abs=1e-6)
    # Units that the list does not have are learnt with the first purchase: a receipt's own are those that were agreed.
    learnt = bench.watch.prices.platform(avatar.model)
    assert learnt is not None
    assert (learnt.unit, learnt.unit_usd) == (avatar.unit, avatar.unit_usd or avatar.usd)
    assert not clip.receipt.by_estimate
    assert bench.studio.speaker(order).receipt.reused
    assert bench.bought() == 1


@pytest.mark.parametrize(
    ("model", "fits", "too_long"),
    [
        (PRO, 60.0, None),
        (ids.OMNIHUMAN, 59.8, 60.0),
        (ids.AURORA, 60.0, None),
        (ids.FABRIC, 30.0, 30.2),
    ],
)
def test_a_turn_at_the_longest_that_its_model_takes_is_ordered_and_a_longer_one_refused(
    bench: Bench, model: str, fits: float, too_long: float | None
) -> None:
    bench.studio.speaker(bench.speaker(model=model, seconds=fits))
    assert bench.bought() == 1
    if too_long is not None:
        with pytest.raises(ContentError, match="does not take a turn of") as caught:
            bench.studio.speaker(bench.speaker(model=model, seconds=too_long))
        assert caught.value.where == "the voice of NINJA in 2026-11-20 s01"
        assert PRO in str(caught.value.hint)
        assert bench.bought() == 1


def test_a_turn_of_half_a_minute_is_ordered_of_omnihuman_at_the_resolution_that_takes_it(bench: Bench) -> None:
    below = bench.studio.speaker(bench.speaker(model=ids.OMNIHUMAN, seconds=29.8))
    above = bench.studio.speaker(bench.speaker("s02", model=ids.OMNIHUMAN, seconds=30.0))
    sent = [purchase.content["resolution"] for purchase in bench.providers.report().of("fal")]
    assert sent == ["1080p", "720p"]
    assert (below.receipt.note, above.receipt.note) == (None, "OmniHuman v1.5 at 720p, by the length of the voice")


def test_before_the_voice_a_turn_that_seems_too_long_is_priced_with_a_warning(bench: Bench) -> None:
    character = bench.character()
    quote = expected_speaker(
        bench.market, label="NINJA", character=character, model=ids.FABRIC, seconds=40.0, sentences=()
    )
    assert quote.usd == pytest.approx(40 * 0.15)
    assert "VEED Fabric 1.0 does not take a turn of 40.00 s" in str(quote.note)
    assert ids.AURORA in str(quote.note)


# Listeners


def test_a_listener_is_bought_once_and_serves_every_segment_and_episode(bench: Bench) -> None:
    another = Cell(episode="2026-11-21", segment="s05", mode=Mode.FINAL)
    first = bench.studio.listener(bench.listener(seconds=6.0))
    again = bench.studio.listener(bench.listener("s05", seconds=9.0, cell=another))
    assert (first.receipt.reused, again.receipt.reused) == (False, True)
    assert first.receipt.cost_usd == pytest.approx(0.21)
    assert again.receipt.saved_usd == pytest.approx(0.21)
    assert again.video == first.video
    assert "bought before: saves $0.21" in str(again.receipt.note)
    [purchase] = bench.providers.report().of("fal")
    assert purchase.content["negative_prompt"].endswith("mouth movement")


def test_segments_at_once_buy_one_listener(bench: Bench) -> None:
    bench.providers.settings(latency=0.3)
    orders = [bench.listener(f"s{number:02d}", seconds=4.0 + number) for number in range(1, 6)]
    with ThreadPoolExecutor(5) as pool:
        clips = list(pool.map(bench.studio.listener, orders))
    assert bench.bought() == 1
    assert sum(clip.receipt.cost_usd for clip in clips) == pytest.approx(0.21)


def test_each_mood_is_a_clip_of_its_own(bench: Bench) -> None:
    bench.studio.listener(bench.listener())
    bench.studio.listener(bench.listener(mood="amused"))
    assert bench.bought() == 2


def test_a_clip_whose_ends_meet_is_repeated_as_it_is(bench: Bench) -> None:
    clip = bench.studio.listener(bench.listener(seconds=12.0))
    assert clip.loops
    assert clip.seconds == pytest.approx(5.04, abs=0.05)


def test_an_open_clip_is_baked_into_one_that_can_be_repeated(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.media.delivered_file._SEAM_STEP", -1.0)  # nothing is calm enough
    clip = bench.studio.listener(bench.listener(seconds=12.0))
    short = bench.studio.listener(bench.listener("s02", seconds=4.0))
    assert clip.loops
    assert clip.seconds == pytest.approx(2 * 5.04, abs=0.1)
    assert "forwards and backwards" in str(clip.receipt.note)
    assert (short.loops, short.receipt.reused) == (False, True)
    assert short.seconds == pytest.approx(5.04, abs=0.05)


def test_an_endpoint_with_an_end_frame_is_asked_to_close_the_loop_in_silence(make_bench: MakeBench) -> None:
    bench = make_bench(mode_models=models(ListenerPlan.LOOP, listener=TAILED))
    clip = bench.studio.listener(bench.listener())
    [purchase] = bench.providers.report().of("fal")
    assert purchase.content["end_image_url"] == purchase.content["start_image_url"]
    assert purchase.content["generate_audio"] is False
    assert clip.receipt.cost_usd == pytest.approx(0.35)


def test_a_silent_avatar_is_as_long_as_its_turn(make_bench: MakeBench) -> None:
    bench = make_bench(mode_models=models(ListenerPlan.SILENT_AVATAR))
    clip = bench.studio.listener(bench.listener(seconds=3.33))
    [purchase] = bench.providers.report().of("fal")
    assert purchase.endpoint == STANDARD
    assert sorted(purchase.content) == ["audio_url", "image_url", "prompt"]
    assert clip.seconds == pytest.approx(3.4, abs=0.15)


# Quotes


def test_a_quote_after_the_voice_is_what_is_paid_and_then_nothing(bench: Bench) -> None:
    order = bench.speaker()

    def quote() -> Quote:
        [request] = bench.speaker().requests
        return quote_of(bench.ledger, request.purchase)

    before = quote()
    paid = bench.studio.speaker(order).receipt
    after = quote()
    assert before.exact
    assert before.usd == pytest.approx(paid.estimated_usd)
    assert (after.usd, after.reused, after.saved_usd) == (0.0, True, before.usd)


def test_a_quote_before_the_voice_is_an_estimate_and_sends_nothing(bench: Bench) -> None:
    quote = expected_speaker(
        bench.market, label="NINJA", character=bench.character(), model=PRO, seconds=7.0, sentences=()
    )
    assert (quote.exact, quote.key) == (False, None)
    assert quote.usd == pytest.approx(0.805)
    assert quote.estimate.price_date <= date(2026, 12, 31)
    assert bench.providers.report().requests == {}


def test_quotes_of_several_segments_pay_a_shared_listener_once(bench: Bench) -> None:
    briefs = [
        bench.listener(segment, character=bench.character(listening=Listening())) for segment in ("s01", "s02", "s03")
    ]
    quotes = [quote_of(bench.ledger, brief.requests[0].purchase) for brief in briefs]
    assert [quote.usd for quote in quotes] == pytest.approx([0.21] * 3)
    assert [quote.usd for quote in once(quotes)] == pytest.approx([0.21, 0.0, 0.0])
    assert bench.providers.report().requests == {}


# Prices


def test_prices_are_brought_up_to_date_from_the_platform(bench: Bench) -> None:
    prices, report = pricing.refresh(bench.client, PriceList.load(), bench.watch.keep, today=date(2026, 11, 21))
    assert prices.price(STANDARD).date == date(2026, 11, 21)
    assert STANDARD in (*report.changed, *report.confirmed)
    assert bench.taken().price(STANDARD).source == prices.price(STANDARD).source
    assert not report.refused
    asked = {endpoint.id for endpoint in catalogue.all()}
    assert asked <= {*report.changed, *report.confirmed, *report.learned}
    assert {price.unit for price in prices.platform_prices()} >= {"seconds", "units", "minutes", "images", "megapixels"}
    assert bench.providers.report().requests["fal.pricing"] == 1


def test_an_endpoint_that_the_platform_forgot_does_not_spoil_the_others(bench: Bench) -> None:
    known = PriceList.load().price(STANDARD)
    lost = known.model_copy(update={"endpoint": "fal-ai/gone/model"})
    prices = PriceList([known, lost])
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        bench.providers.advance(seconds)

    _, report = pricing.refresh(bench.client, prices, bench.watch.keep, today=date(2026, 11, 21), pause=pause)
    assert pauses  # more than ten quick calls: as long as the answer asks, and on
    assert STANDARD in (*report.confirmed, *report.learned)
    assert "does not know" in report.refused["fal-ai/gone/model"]
    assert set(report.refused) == {"fal-ai/gone/model"}
