"""What a speaker or a listener is bought as at fal.ai, what is checked before, and what it would cost before its voice.

The listener's way is chosen by `listener_plans`. Nothing is sent.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from PIL import Image

from resources.content.segments import Turn
from resources.content.settings.characters import Character
from resources.content.show import ListenerPlan
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.names import LISTENER_CLIPS, SPEAKER_CLIPS
from resources.core.values import Media, Word
from resources.media.audio.pieces import SEAM_SECONDS, Piece, cut_voice, pieces_of, sentence_seconds
from resources.media.audio.voice_track import SHORTEST_SECONDS, silent_tone, upload_copy
from resources.media.picture.entry.prepare import SHORTEST_SIDE, WIDEST
from resources.media.probe import audio_seconds
from resources.models import catalogue, listener_plans, speakers
from resources.models.catalogue import Kind
from resources.models.endpoints.ids import AVATAR_STANDARD
from resources.models.listener_plans import Offer
from resources.models.portraits import IMAGE_HINT
from resources.models.prompts.performance import speaking_prompt
from resources.models.speakers import SpeakerOption
from resources.purchasing.requests.briefs import ListenerBrief, SpeakerBrief
from resources.purchasing.requests.given import of_listener, of_speaker, origin_of
from resources.purchasing.requests.market import Market
from resources.purchasing.requests.quotes import Quote
from resources.purchasing.requests.request import Request, content_name, sources_of

SPEAKERS: Final = tuple(endpoint.id for endpoint in catalogue.by_kind(Kind.AVATAR))
_SILENT: Final = "silent"  # the price variant of clips without sound
_LENGTH_SLACK: Final = 0.05  # seconds by which an MP3 may seem longer or shorter than its track


def speaker_requests(market: Market, brief: SpeakerBrief) -> tuple[Request, ...]:
    """What a speaker is bought as: one clip, or one for each piece of a turn that is too long for its model.

    Such a turn is cut between the sentences of its words. Raises ContentError for what models do not take, naming
    those that would.
    """
    longest = speakers.longest(*_model(market, brief.label, brief.character, brief.model))
    library, picture = market.library, _picture(market.library, brief.image, brief.label)
    place = f"the voice of {brief.label} in {brief.cell.episode} {brief.cell.segment}"
    where = f"show.yaml, characters.{brief.label}.speaking.prompt"
    prompt = listener_plans.checked_prompt(speaking_prompt(brief.character, brief.acting), where=where)
    span, whole = longest.span(), audio_seconds(library.path(brief.track))
    given, voice = of_speaker(brief, market.models), origin_of(brief.origins, brief.track)

    def request(
        speaker: SpeakerOption, sound: Media, note: str | None, start: float = 0.0, part: str = "all"
    ) -> Request:
        return _avatar(
            market, brief, speaker, SPEAKER_CLIPS, picture, sound, prompt,
            origin=f"MP3 of {part} of {voice}", given={**given, "piece": part},
            seconds=audio_seconds(library.path(sound)), note=note, start=start,
        )  # fmt: skip

    if whole < span.least or longest.takes(whole, slack=_LENGTH_SLACK):
        audio = upload_copy(library, brief.track)
        speaker = _taking(market, longest, audio_seconds(library.path(audio)), place)
        return (request(speaker, audio, _resolution(speaker)),)
    least = max(span.least, SHORTEST_SECONDS)
    pieces = cut_voice(library, brief.track, brief.words, least=least, most=span.most)
    if not pieces:
        raise _undivided(longest, whole, brief.words, place)
    return tuple(
        request(
            longest, piece.audio, _piece(piece, number, len(pieces)), piece.start, f"piece {number} of {len(pieces)}"
        )
        for number, piece in enumerate(pieces, start=1)
    )


def expected_speaker(
    market: Market, *, label: str, character: Character, model: str | None, seconds: float, sentences: Sequence[float]
) -> Quote:
    """The price of a speaker before its voice exists, by `seconds`; its note warns where its model may refuse.

    `sentences` are about how long each of them lasts, for a turn that its model takes in pieces.
    """
    speaker, billed, note = about(*_model(market, label, character, model), seconds=seconds, sentences=sentences)
    estimate = speaker.endpoint.estimate(market.prices, speaker.sample(), media_seconds=billed)
    return Quote(
        asset=SPEAKER_CLIPS,
        endpoint=speaker.endpoint.id,
        estimate=estimate,
        usd=estimate.usd,
        exact=False,
        note=note,
    )


def listener_requests(market: Market, brief: ListenerBrief) -> tuple[Request, ...]:
    """What a listener is bought as, in the cheapest way that the show allows. Raises ContentError."""
    picture = _picture(market.library, brief.image, brief.label)

    def request(offer: Offer, reason: str | None = None) -> Request:
        return _listening(market, brief, offer, picture, reason)

    choice = listener_plans.choose(
        market.models.listener_plans,
        seconds=brief.seconds,
        endpoint=market.models.listener,
        price=lambda endpoint: market.prices.price(endpoint, _SILENT).unit_usd,
        bought=lambda offer: market.is_bought(request(offer).purchase),
    )
    return (request(choice.offer, choice.note),)


def models_of_turn(market: Market, turn: Turn, character: Character) -> frozenset[str]:
    """The endpoints that a turn's clips may be bought from. Raises ContentError for one that cannot speak."""
    speaker, _ = _model(market, turn.speaker, character, turn.model)
    silent = ListenerPlan.SILENT_AVATAR in market.models.listener_plans
    listeners = {market.models.listener, *({AVATAR_STANDARD} if silent else ())} if turn.listeners else set()
    return frozenset({speaker, *listeners})


def about(
    endpoint: str, resolution: str | None, *, seconds: float, sentences: Sequence[float]
) -> tuple[SpeakerOption, float, str | None]:
    """How a model would be ordered for about `seconds`: at which resolution, for how many billed seconds, and a note.

    `sentences` are about how long each sentence lasts; `resolution`, where one is set. Where the model may refuse, the
    note says so.
    """
    try:
        speaker = speakers.taking(endpoint, seconds, resolution=resolution)
    except ContentError as refusal:
        speaker = speakers.longest(endpoint, resolution)
        count = pieces_of(sentences, seconds, speaker.span().most)
        if count < 2:
            return speaker, seconds, f"about: {refusal.what}, {refusal.why}; {refusal.hint}"
        note = f"about: {refusal.what} at once, so it is made in {count} pieces, cut between sentences"
        return speaker, seconds + (count - 1) * SEAM_SECONDS, note
    return speaker, seconds, _resolution(speaker) if resolution is None else None


def _model(market: Market, label: str, character: Character, model: str | None) -> tuple[str, str | None]:
    """The endpoint that speaks, and the resolution if one is set: the turn's, the character's or the mode's.

    Raises ContentError for one that cannot.
    """
    if market.cast is not None:
        return market.cast.endpoint.id, market.cast.resolution
    endpoint = catalogue.get(model or character.speaking.model or market.models.speaker)
    if endpoint.kind is not Kind.AVATAR:
        raise ContentError(
            f"{endpoint.name} cannot make {label} speak",
            where="the turn's `model`, or show.yaml: speaking.model, models.speaker",
            hint="use one of " + ", ".join(SPEAKERS),
        )
    return endpoint.id, None


def _taking(market: Market, longest: SpeakerOption, seconds: float, place: str) -> SpeakerOption:
    resolution = market.cast.resolution if market.cast else None
    return speakers.taking(longest.endpoint.id, seconds, resolution=resolution, slack=_LENGTH_SLACK, where=place)


def _listening(market: Market, brief: ListenerBrief, offer: Offer, picture: Media, reason: str | None) -> Request:
    note = f"{offer.plan.value} of {offer.ordered:g} s"
    if offer.plan is ListenerPlan.SILENT_AVATAR:
        tone = silent_tone(market.library, offer.ordered)
        prompt = listener_plans.listening_prompt(brief.character, brief.mood, label=brief.label)
        silent = speakers.option(offer.endpoint)
        return _avatar(
            market, brief, silent, LISTENER_CLIPS, picture, tone, prompt,
            origin=f"MP3 of a tone of {offer.ordered:g} s", given=of_listener(brief, market.models),
            seconds=offer.ordered, note=note, reason=reason,
        )  # fmt: skip
    name, given = content_name(picture), of_listener(brief, market.models)
    arguments = listener_plans.animation_arguments(offer, brief.character, brief.mood, name, label=brief.label)
    purchase = market.purchase(
        catalogue.get(offer.endpoint), LISTENER_CLIPS, brief.cell, arguments, brief.take, offer.ordered,
        sources=sources_of(brief.origins, picture), given=given,
    )  # fmt: skip
    return Request(
        purchase,
        brief.label,
        {name: picture},
        seconds=offer.ordered,
        note=note,
        reason=reason,
    )


def _avatar(
    market: Market,
    brief: SpeakerBrief | ListenerBrief,
    speaker: SpeakerOption,
    asset: str,
    picture: Media,
    sound: Media,
    prompt: str,
    *,
    origin: str,
    given: Mapping[str, str],
    seconds: float,
    note: str | None,
    start: float = 0.0,
    reason: str | None = None,
) -> Request:
    arguments = speaker.arguments(image_url=content_name(picture), audio_url=content_name(sound), prompt=prompt)
    sources = sources_of({**brief.origins, sound.sha256: origin}, picture, sound)
    return Request(
        market.purchase(
            speaker.endpoint, asset, brief.cell, arguments, brief.take, seconds, sources=sources, given=given
        ),
        brief.label,
        {content_name(picture): picture, content_name(sound): sound},
        seconds=seconds,
        start=start,
        note=note,
        reason=reason,
    )


def _picture(library: Library, picture: Media | None, label: str) -> Media:
    """The picture of a character, if models take it; else ContentError."""
    if picture is None:
        raise ContentError(
            f"{label} has no picture that a model could animate",
            where=f"show.yaml, characters.{label}",
            hint=IMAGE_HINT,
        )
    with Image.open(library.path(picture)) as image:
        width, height, clear = image.width, image.height, image.has_transparency_data
    if min(width, height) < SHORTEST_SIDE or not 1 / WIDEST <= width / height <= WIDEST or clear:
        raise ContentError(
            f"the picture of {label} is not one that the models take: {width}x{height}",
            why=f"they take opaque pictures of at least {SHORTEST_SIDE} pixels a side, 1:{WIDEST} to {WIDEST}:1",
            hint="materialize uploaded_urls again: it prepares the picture",
        )
    return picture


def _undivided(speaker: SpeakerOption, seconds: float, words: Sequence[Word], where: str) -> ContentError:
    """The refusal of a turn that is too long for its model and has no sentence that ends early enough."""
    able = dict.fromkeys(
        other.endpoint.id
        for other in speakers.options()
        if other.takes(seconds) or pieces_of(sentence_seconds(words, seconds), seconds, other.span().most) > 1
    )
    return ContentError(
        f"{speaker.endpoint.name} does not take a turn of {seconds:.2f} s, and its sentences cannot be cut to fit",
        where=where,
        why=f"it takes {speakers.lengths(speaker.endpoint)} at once",
        hint="end a sentence earlier, make it two turns" + (f", or use {', '.join(able)}" if able else ""),
    )


def _piece(piece: Piece, number: int, count: int) -> str:
    """A piece for a person: which it is, and where it was cut."""
    until = f", up to “… {piece.last_words}”" if piece.last_words else ""
    return f"piece {number} of {count}: {piece.start:.2f}-{piece.end:.2f} s{until}"


def _resolution(speaker: SpeakerOption) -> str | None:
    """What is worth telling of an option: a resolution that the length of the voice forced."""
    return None if speaker == speakers.option(speaker.endpoint.id) else f"{speaker.name}, by the length of the voice"
