"""The clip studio of fal.ai: speakers by Kling Avatar, listeners by whatever the planner finds cheapest.

Here an order becomes a purchase: what is sent, what it costs, and what is checked before. Buying is `queue`, choosing
`planner`, the picture `images`. Quotes come from the same purchases, so what is quoted is what is bought.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from PIL import Image
from pydantic import JsonValue

from resources.errors import ContentError
from resources.fal import planner
from resources.fal.images import SHORTEST_SIDE, WIDEST
from resources.fal.loops import ping_pong
from resources.fal.planner import AVATAR_STANDARD, Choice, Offer
from resources.fal.queue import Delivery, FalQueue, Job
from resources.fal.uploads import PROVIDER
from resources.ledger import Ledger, Purchase, State
from resources.library import Library
from resources.media.probe import audio_seconds, video_facts
from resources.media.sound import LONGEST_SECONDS, MOST_UPLOAD_BYTES, SHORTEST_SECONDS, silent_tone
from resources.prices import PriceList
from resources.seams import Cell, Clip, ListenerOrder, Media, SpeakerOrder, Value
from resources.show.model import Character, ListenerPlan, ModeModels

SPEAKERS: Final = (AVATAR_STANDARD, "fal-ai/kling-video/ai-avatar/v2/pro")
SPEAKER_ASSET: Final = "speaker_clips"
LISTENER_ASSET: Final = "listener_clips"
SOUNDS: Final = frozenset({".mp3", ".ogg", ".wav", ".m4a", ".aac"})
_SILENT: Final = "silent"  # the price variant of clips without sound
_PAID: Final = (State.COLLECTED, State.SUBMITTED, State.SENDING, State.UNKNOWN)
_SHORT_BY: Final = 0.1  # seconds that a clip may lack of its turn: the composite holds its last frame
_LENGTH_SLACK: Final = 0.05  # seconds by which an MP3 may seem longer or shorter than its track


class Quote(Value):
    """What an order would cost now. `exact`: from measured audio; else from an estimate of how long it will be spoken.

    Equal keys are one purchase, paid once; None before the voice exists.
    """

    asset: str
    endpoint: str
    seconds: float  # billed
    usd: float  # 0 when it is paid for already
    unit_price_usd: float
    price_date: date
    exact: bool
    reused: bool
    saved_usd: float = 0.0
    key: str | None = None
    note: str | None = None


def once(quotes: Iterable[Quote]) -> list[Quote]:
    """The quotes of several orders, each purchase paid in the first alone: a listener's loop serves all segments."""
    seen: set[str] = set()
    settled = []
    for quote in quotes:
        repeated = quote.key in seen and not quote.reused
        settled.append(
            quote.model_copy(update={"usd": 0.0, "reused": True, "saved_usd": quote.usd}) if repeated else quote
        )
        if quote.key:
            seen.add(quote.key)
    return settled


@dataclass(frozen=True)
class FalClipStudio:
    """A `ClipStudio`. `models` are those of the mode that is run."""

    queue: FalQueue
    ledger: Ledger
    library: Library
    prices: PriceList
    models: ModeModels

    # Speakers

    def speaker(self, order: SpeakerOrder) -> Clip:
        """A clip of the character speaking, as long as its audio. Raises ContentError before, StudioError after."""
        if order.image is None:
            raise _no_picture(order.label)
        endpoint = self._speaker_model(order.label, order.character, order.model)
        seconds = self._checked_sound(order.audio.media, order.label)
        self._check_picture(order.image.media, order.label)
        job = self._avatar(
            endpoint,
            SPEAKER_ASSET,
            order.cell,
            order.image.media,
            order.audio.media,
            _speaking_prompt(order.character, order.label),
            order.take,
            seconds,
        )
        return self._clip(self.queue.deliver(job), job.note).model_copy(update={"loops": False})

    def quote_speaker(
        self,
        *,
        cell: Cell,
        label: str,
        character: Character,
        seconds: float,
        take: int,
        model: str | None = None,
        image: Media | None = None,
        audio: Media | None = None,
    ) -> Quote:
        """The price of a speaker: exact with the prepared `image` and `audio` (nothing is sent), else by `seconds`."""
        endpoint = self._speaker_model(label, character, model)
        if image is None or audio is None:
            estimate = self.prices.estimate(endpoint, seconds)
            return Quote(
                asset=SPEAKER_ASSET,
                endpoint=endpoint,
                seconds=seconds,
                usd=estimate.usd,
                unit_price_usd=estimate.price.unit_usd,
                price_date=estimate.price.date,
                exact=False,
                reused=False,
            )
        measured = self._checked_sound(audio, label)
        prompt = _speaking_prompt(character, label)
        return self._quote(self._avatar(endpoint, SPEAKER_ASSET, cell, image, audio, prompt, take, measured))

    def _speaker_model(self, label: str, character: Character, model: str | None) -> str:
        endpoint = model or character.speaking.model or self.models.speaker
        if endpoint not in SPEAKERS:
            raise ContentError(
                f"{endpoint!r} cannot make {label} speak",
                where="the turn's `model`, or show.yaml: speaking.model, models.speaker",
                mend="use one of " + ", ".join(SPEAKERS),
            )
        return endpoint

    def _avatar(
        self,
        endpoint: str,
        asset: str,
        cell: Cell,
        image: Media,
        audio: Media,
        prompt: str,
        take: int,
        seconds: float,
        note: str | None = None,
    ) -> Job:
        arguments: dict[str, JsonValue] = {"image_url": _name(image), "audio_url": _name(audio), "prompt": prompt}
        media = {_name(image): image, _name(audio): audio}
        purchase = self._purchase(endpoint, asset, cell, arguments, take, seconds)
        return Job(purchase=purchase, media=media, seconds=seconds, note=note)

    def _checked_sound(self, audio: Media, label: str) -> float:
        """The measured length of a sound that the avatar models take; ContentError for one that they do not."""
        where = f"the voice of {label}"
        if audio.suffix not in SOUNDS or audio.size > MOST_UPLOAD_BYTES:
            raise ContentError(
                f"a {audio.suffix} of {audio.size / 1e6:.1f} MB cannot be spoken",
                where=where,
                why=f"the models take {', '.join(sorted(SOUNDS))} of at most {MOST_UPLOAD_BYTES / 1e6:g} MB",
                mend="materialize tts_audio and uploaded_urls again",
            )
        seconds = audio_seconds(self.library.path(audio))
        if not SHORTEST_SECONDS - _LENGTH_SLACK <= seconds <= LONGEST_SECONDS + _LENGTH_SLACK:
            raise ContentError(
                f"a voice of {seconds:.2f} s cannot be spoken by an avatar",
                where=where,
                why=f"the models take {SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} s",
                mend="split the turn in two" if seconds > LONGEST_SECONDS else "materialize tts_audio again",
            )
        return seconds

    def _check_picture(self, picture: Media, label: str) -> None:
        with Image.open(self.library.path(picture)) as image:
            width, height, clear = image.width, image.height, image.has_transparency_data
        if min(width, height) < SHORTEST_SIDE or not 1 / WIDEST <= width / height <= WIDEST or clear:
            raise ContentError(
                f"the picture of {label} is not one that the models take: {width}x{height}",
                why=f"they take opaque pictures of at least {SHORTEST_SIDE} pixels a side, 1:{WIDEST} to {WIDEST}:1",
                mend="materialize uploaded_urls again: it prepares the picture",
            )

    # Listeners

    def listener(self, order: ListenerOrder) -> Clip:
        """A clip of the character listening, in the cheapest way that the show allows. Raises as `speaker` does."""
        if order.image is None:
            raise _no_picture(order.label)
        image = order.image.media
        self._check_picture(image, order.label)
        choice = self._choice(order.cell, order.label, order.character, order.seconds, order.mood, order.take, image)
        job = self._listening(choice.offer, order.cell, order.label, order.character, order.mood, order.take, image)
        return self._looped(self._clip(self.queue.deliver(job), choice.note), order.seconds, choice.offer)

    def quote_listener(
        self,
        *,
        cell: Cell,
        label: str,
        character: Character,
        seconds: float,
        mood: str | None,
        take: int,
        image: Media,
        exact: bool,
    ) -> Quote:
        """The price of a listener by the planner's choice. `image` is the prepared picture; nothing is sent."""
        choice = self._choice(cell, label, character, seconds, mood, take, image)
        quote = self._quote(self._listening(choice.offer, cell, label, character, mood, take, image))
        return quote.model_copy(update={"note": choice.note, "exact": exact})

    def _choice(
        self, cell: Cell, label: str, character: Character, seconds: float, mood: str | None, take: int, image: Media
    ) -> Choice:
        def bought(offer: Offer) -> bool:
            job = self._listening(offer, cell, label, character, mood, take, image)
            return bool(self.ledger.rows(key=job.purchase.key, states=_PAID))

        return planner.choose(
            self.models.listener_plans,
            seconds=seconds,
            endpoint=self.models.listener,
            price=lambda endpoint: self.prices.price(endpoint, _SILENT).unit_usd,
            bought=bought,
        )

    def _listening(
        self, offer: Offer, cell: Cell, label: str, character: Character, mood: str | None, take: int, image: Media
    ) -> Job:
        note = f"{offer.plan.value} of {offer.ordered:g} s"
        if offer.plan is ListenerPlan.SILENT_AVATAR:
            tone = silent_tone(self.library, offer.ordered)
            prompt = planner.listening_prompt(character, mood, label=label)
            return self._avatar(offer.endpoint, LISTENER_ASSET, cell, image, tone, prompt, take, offer.ordered, note)
        arguments = planner.animation_arguments(offer, character, mood, _name(image), label=label)
        purchase = self._purchase(offer.endpoint, LISTENER_ASSET, cell, arguments, take, offer.ordered)
        media = {_name(image): image}
        return Job(purchase=purchase, media=media, seconds=offer.ordered, billed_units=offer.ordered, note=note)

    def _looped(self, clip: Clip, seconds: float, offer: Offer) -> Clip:
        """The clip as it is where it is long enough or its ends meet; else baked forwards and backwards."""
        if clip.loops or clip.seconds + _SHORT_BY >= seconds:
            return clip
        video = ping_pong(self.library, clip.video)
        facts = video_facts(self.library.path(video))
        note = f"{clip.receipt.note or offer.plan.value}; played forwards and backwards"
        return clip.model_copy(
            update={
                "video": video,
                "seconds": facts.seconds,
                "loops": True,
                "receipt": clip.receipt.model_copy(update={"note": note}),
            }
        )

    # Both

    def _purchase(
        self,
        endpoint: str,
        asset: str,
        cell: Cell,
        arguments: Mapping[str, JsonValue],
        take: int,
        seconds: float,
    ) -> Purchase:
        estimate = self.prices.estimate(endpoint, round(seconds, 3), _SILENT)
        return Purchase(
            provider=PROVIDER,
            endpoint=endpoint,
            asset=asset,
            cell=cell,
            arguments=dict(arguments),
            take=take,
            estimated_usd=estimate.usd,
            unit=estimate.price.unit.value,
            units=estimate.units,
            unit_price_usd=estimate.price.unit_usd,
            price_date=estimate.price.date,
        )

    def _quote(self, job: Job) -> Quote:
        purchase = job.purchase
        paid = bool(self.ledger.rows(key=purchase.key, states=_PAID))
        return Quote(
            asset=purchase.asset,
            endpoint=purchase.endpoint,
            seconds=purchase.units,
            usd=0.0 if paid else purchase.estimated_usd,
            unit_price_usd=purchase.unit_price_usd,
            price_date=purchase.price_date,
            exact=True,
            reused=paid,
            saved_usd=purchase.estimated_usd if paid else 0.0,
            key=purchase.key,
        )

    def _clip(self, delivery: Delivery, note: str | None) -> Clip:
        entry = delivery.entry
        if entry.media is None:
            raise AssertionError("unreachable: a collected entry has its file")
        facts = video_facts(self.library.path(entry.media))
        receipt = entry.receipt(reused=delivery.reused)
        return Clip(
            video=entry.media,
            seconds=facts.seconds,
            width=facts.width,
            height=facts.height,
            fps=facts.fps,
            receipt=receipt.model_copy(update={"note": note}) if note else receipt,
            loops=entry.facts.get("closed") is True,
        )


def _speaking_prompt(character: Character, label: str) -> str:
    where = f"show.yaml, characters.{label}.speaking.prompt"
    return planner.checked_prompt(character.speaking.prompt, where=where)


def _name(media: Media) -> str:
    """How media stand in a purchase: by content, so that an address never enters a key."""
    return f"sha256:{media.sha256}"


def _no_picture(label: str) -> ContentError:
    return ContentError(
        f"{label} has no picture that a model could animate",
        where=f"show.yaml, characters.{label}",
        mend="give the character an `image` (a PNG or JPEG of at least 512 x 512 pixels)",
    )
