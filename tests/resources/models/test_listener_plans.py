"""The listener planner chooses the cheapest way that the show allows, and asks each endpoint exactly what it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.content.settings.characters import Character, Listening
from resources.content.show import ListenerPlan
from resources.core.errors import ContentError
from resources.models import catalogue, listener_plans
from resources.models.catalogue import Kind
from resources.models.endpoints import ids
from resources.models.endpoints.ids import AVATAR_STANDARD
from resources.models.listener_plans import ANIMATORS, Offer, animation_arguments, choose, offers, tone_seconds
from resources.models.prices import PriceList
from tests.providers.schemas import ENDPOINTS

PICTURE = f"sha256:{'a' * 64}"
TURBO = "fal-ai/kling-video/v2.5-turbo/standard/image-to-video"
LIBRARY, LOOP, TRIM, SILENT = ListenerPlan
PRICES = PriceList.load()


def price(endpoint: str) -> float:
    return PRICES.price(endpoint, "silent").unit_usd


def chosen(*allowed: ListenerPlan, seconds: float = 7.0, owned: tuple[ListenerPlan, ...] = ()) -> listener_plans.Choice:
    return choose(allowed, seconds=seconds, endpoint=TURBO, price=price, bought=lambda offer: offer.plan in owned)


@pytest.mark.parametrize(
    ("allowed", "seconds", "plan", "usd"),
    [
        ((LIBRARY, LOOP), 7.0, LOOP, 0.21),
        ((TRIM,), 7.0, TRIM, 0.42),
        ((TRIM,), 4.0, TRIM, 0.21),
        ((SILENT,), 7.0, SILENT, 7.0 * 0.0562),
        ((LOOP, SILENT), 3.0, SILENT, 3.0 * 0.0562),
        ((LOOP, TRIM, SILENT), 7.0, LOOP, 0.21),
        ((TRIM, SILENT), 7.0, SILENT, 7.0 * 0.0562),
        ((TRIM, SILENT), 9.9, TRIM, 0.42),
        ((TRIM, SILENT), 12.0, SILENT, 12.0 * 0.0562),
        ((LOOP,), 55.0, LOOP, 0.21),
    ],
)
def test_the_cheapest_way_that_is_allowed_is_taken(
    allowed: tuple[ListenerPlan, ...], seconds: float, plan: ListenerPlan, usd: float
) -> None:
    choice = chosen(*allowed, seconds=seconds)
    assert (choice.offer.plan, choice.bought) == (plan, False)
    assert choice.usd == pytest.approx(usd)
    assert f"${usd:.2f}" in choice.note


def test_what_is_bought_already_costs_nothing_and_says_what_it_saves() -> None:
    choice = chosen(LIBRARY, LOOP, owned=(LOOP,))
    assert (choice.usd, choice.bought) == (0.0, True)
    assert "saves $0.21" in choice.note


def test_the_library_serves_clips_that_were_bought_in_another_way() -> None:
    assert chosen(LIBRARY, LOOP, owned=(TRIM,)).usd == 0
    assert chosen(LOOP, owned=(TRIM,)).usd == pytest.approx(0.21)


def test_a_show_that_allows_the_library_alone_is_told_to_allow_a_loop() -> None:
    with pytest.raises(ContentError, match="in a way that the show allows") as caught:
        chosen(LIBRARY)
    assert "`loop`" in str(caught.value)


def test_a_turn_longer_than_every_clip_cannot_be_trimmed() -> None:
    with pytest.raises(ContentError):
        chosen(TRIM, seconds=12.0)


def test_an_endpoint_that_makes_no_listeners_is_refused_with_those_that_do() -> None:
    with pytest.raises(ContentError) as caught:
        offers(seconds=5, endpoint="fal-ai/flux/dev", price=lambda _: 1.0)
    assert TURBO in str(caught.value)


@pytest.mark.parametrize("endpoint", ANIMATORS)
@pytest.mark.parametrize("plan", [LOOP, TRIM])
def test_an_endpoint_is_asked_exactly_what_its_schema_has(endpoint: str, plan: ListenerPlan) -> None:
    character = Character(name="Ninja", puppet="ninja", listening=Listening(moods={"amused": "Smiling."}))
    offer = next(offer for offer in offers(seconds=8, endpoint=endpoint, price=lambda _: 0.1) if offer.plan is plan)
    arguments = animation_arguments(offer, character, "amused", PICTURE, label="NINJA").payload()
    fields = ENDPOINTS[endpoint].fields
    assert set(arguments) <= set(fields)
    assert {name for name, field in fields.items() if field.required} <= set(arguments)
    assert ("generate_audio" in fields) == ("generate_audio" in arguments)
    assert arguments.get("generate_audio", False) is False
    assert str(arguments["prompt"]).endswith("Smiling.")
    duration = fields["duration"]
    assert arguments["duration"] in duration.choices
    assert arguments.get("negative_prompt", character.listening.negative_prompt) == character.listening.negative_prompt
    ends = [name for name in arguments if name in ("end_image_url", "tail_image_url")]
    assert bool(ends) == (plan is LOOP and ("end_image_url" in fields or "tail_image_url" in fields))


def test_every_image_to_video_model_of_the_catalogue_can_make_listeners() -> None:
    assert list(ANIMATORS) == [endpoint.id for endpoint in catalogue.by_kind(Kind.IMAGE_TO_VIDEO)]
    assert ANIMATORS[ids.I2V_V3_PRO].lengths == tuple(range(3, 16))
    assert (ANIMATORS[ids.I2V_V26_PRO].start, ANIMATORS[ids.I2V_V25_PRO].end) == (
        "start_image_url",
        "tail_image_url",
    )


def test_a_listener_without_a_known_price_is_refused_and_all_others_have_one() -> None:
    assert all(price(endpoint) > 0 for endpoint in (*ANIMATORS, AVATAR_STANDARD))
    with pytest.raises(ContentError, match="no price is known"):
        offers(seconds=5, endpoint=ids.I2V_O3_PRO, price=lambda endpoint: PriceList([]).price(endpoint).unit_usd)


def test_a_mood_that_the_character_does_not_have_is_refused_with_those_it_has() -> None:
    character = Character(name="Ninja", puppet="ninja", listening=Listening(moods={"amused": "Smiling."}))
    with pytest.raises(ContentError, match="no mood 'bored'") as caught:
        listener_plans.listening_prompt(character, "bored", label="NINJA")
    assert "amused" in str(caught.value)


def test_a_prompt_that_a_mood_makes_too_long_is_refused() -> None:
    listening = Listening(prompt="a" * 2400, moods={"amused": "b" * 200})
    with pytest.raises(ContentError, match="2601 characters"):
        listener_plans.listening_prompt(
            Character(name="N", puppet="ninja", listening=listening), "amused", label="NINJA"
        )


@given(st.floats(0.1, 60.0))
def test_a_tone_is_never_shorter_than_its_turn_nor_much_longer(seconds: float) -> None:
    tone = tone_seconds(seconds)
    assert max(2.0, seconds - 1e-6) <= tone <= max(2.0, seconds + 0.1 + 1e-6)


@given(st.floats(0.5, 60.0), st.sampled_from(sorted(ANIMATORS)))
def test_offers_are_sorted_and_each_long_enough_or_repeatable(seconds: float, endpoint: str) -> None:
    found = offers(seconds=seconds, endpoint=endpoint, price=lambda _: 0.1)
    assert [offer.usd for offer in found] == sorted(offer.usd for offer in found)
    assert all(offer.plan is LOOP or offer.ordered >= seconds - 1e-6 for offer in found)
    assert Offer(LOOP, endpoint, 5, 0.5) in found
