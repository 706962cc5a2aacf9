"""The orders of fal.ai: what a speaker or a listener is bought as, what is checked before, and what it would cost.

The one place where a purchase of a clip is built: the studio buys it, a quote prices it, an import stands for it. It
needs no key and sends nothing; the listener's way is chosen by `planner`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from resources.content.show import Character, ListenerPlan, ModeModels
from resources.core.errors import ContentError
from resources.core.library import Library
from resources.core.values import Cell, Media, Word
from resources.media.audio.pieces import SEAM_SECONDS, Piece, cut_voice, pieces_of, sentence_seconds
from resources.media.audio.voice_track import SHORTEST_SECONDS, silent_tone
from resources.media.picture.prepare import SHORTEST_SIDE, WIDEST
from resources.media.probe import audio_seconds
from resources.models import catalogue, listener_plans, speakers
from resources.models.catalogue import Endpoint, Kind, MediaFacts
from resources.models.endpoints.arguments import Arguments
from resources.models.endpoints.ids import AVATAR_STANDARD
from resources.models.listener_plans import Choice, Offer
from resources.models.prices import PriceList
from resources.models.prompts.performance import speaking_prompt
from resources.models.speakers import SpeakerOption
from resources.purchasing.ledger import Ledger, Purchase
from resources.purchasing.requests.job import PROVIDER, Job
from resources.purchasing.requests.quotes import Quote, is_paid

SPEAKERS: Final = tuple(endpoint.id for endpoint in catalogue.by_kind(Kind.AVATAR))
SPEAKER_ASSET: Final = "speaker_clips"
LISTENER_ASSET: Final = "listener_clips"
SOUNDS: Final = frozenset({".mp3", ".ogg", ".wav", ".m4a", ".aac"})
MOST_UPLOAD_BYTES: Final = 5_000_000  # the avatar models take at most 5 MB: 208 s of our MP3
_SILENT: Final = "silent"  # the price variant of clips without sound
_LENGTH_SLACK: Final = 0.05  # seconds by which an MP3 may seem longer or shorter than its track


@dataclass(frozen=True)
class Speech:
    """A speaker's jobs: one, or one for each piece of a turn that is too long for its model."""

    jobs: tuple[Job, ...]
    pieces: tuple[Piece, ...] = ()  # of the voice, in the order of the jobs; none for a turn in one piece

    @property
    def note(self) -> str | None:
        """What is worth telling of how it is made."""
        if not self.pieces:
            return self.jobs[0].note
        cuts = " and ".join(f"{piece.start:.2f} s" for piece in self.pieces[1:])
        return f"made in {len(self.pieces)} pieces, joined between sentences at {cuts}"


@dataclass(frozen=True)
class Listening:
    """A listener's job, and how the planner came to it."""

    job: Job
    choice: Choice


@dataclass(frozen=True)
class FalOrders:
    """Builds and prices jobs. `models` are those of the mode that is bought in."""

    ledger: Ledger
    library: Library
    prices: PriceList
    models: ModeModels

    def speaker(
        self,
        *,
        cell: Cell,
        label: str,
        character: Character,
        model: str | None,
        take: int,
        image: Media,
        audio: Media,
        track: Media,
        words: Sequence[Word],
        acting: str | None = None,
    ) -> Speech:
        """What a speaker with a prepared `image` is bought as: `audio` in one piece, or pieces of `track`.

        A turn that is too long for its model is cut between the sentences of its `words`. Raises ContentError for what
        models do not take, naming those that would.
        """
        endpoint = self.speaker_model(label, character, model)
        self._check_picture(image, label)
        where = f"show.yaml, characters.{label}.speaking.prompt"
        prompt = listener_plans.checked_prompt(speaking_prompt(character, acting), where=where)
        place = f"the voice of {label} in {cell.episode} {cell.segment}"

        def job(speaker: SpeakerOption, sound: Media, seconds: float, note: str | None) -> Job:
            return self._avatar(speaker, SPEAKER_ASSET, cell, image, sound, prompt, take, seconds, note)

        whole = audio_seconds(self.library.path(track))
        longest = speakers.longest(endpoint)
        span = longest.span()
        if whole < span.least or longest.takes(whole, slack=_LENGTH_SLACK):
            self._check_sound(audio, longest, label)
            seconds = audio_seconds(self.library.path(audio))
            speaker = speakers.taking(endpoint, seconds, slack=_LENGTH_SLACK, where=place)
            return Speech((job(speaker, audio, seconds, _resolution(speaker)),))
        pieces = cut_voice(self.library, track, words, least=max(span.least, SHORTEST_SECONDS), most=span.most)
        if not pieces:
            raise _undivided(longest, whole, words, place)
        jobs = []
        for number, piece in enumerate(pieces, start=1):
            self._check_sound(piece.audio, longest, label)
            seconds = audio_seconds(self.library.path(piece.audio))
            jobs.append(job(longest, piece.audio, seconds, _told(piece, number, len(pieces))))
        return Speech(tuple(jobs), pieces)

    def estimate_speaker(
        self, *, label: str, character: Character, model: str | None, seconds: float, sentences: Sequence[float] = ()
    ) -> Quote:
        """The price of a speaker before its voice exists, by `seconds`; its note warns where its model may refuse.

        `sentences` are about how long each of them lasts, for a turn that its model takes in pieces.
        """
        endpoint = self.speaker_model(label, character, model)
        speaker, billed, note = about(endpoint, seconds, sentences)
        estimate = speaker.endpoint.estimate(self.prices, speaker.sample(), media_seconds=billed)
        return Quote(
            asset=SPEAKER_ASSET, endpoint=endpoint, estimate=estimate, usd=estimate.usd, exact=False, note=note
        )

    def check_room(self, jobs: Sequence[Job]) -> None:
        """Raise CapError when what is not paid of one cell's jobs would together go over a cap. Records nothing."""
        self.ledger.check_room([job.purchase for job in jobs if not is_paid(self.ledger, job.purchase)])

    def listener(
        self, *, cell: Cell, label: str, character: Character, mood: str | None, seconds: float, take: int, image: Media
    ) -> Listening:
        """The job of a listener for `seconds`, in the cheapest way that the show allows. Raises ContentError."""
        self._check_picture(image, label)

        def job(offer: Offer) -> Job:
            return self._listening(offer, cell, label, character, mood, take, image)

        choice = listener_plans.choose(
            self.models.listener_plans,
            seconds=seconds,
            endpoint=self.models.listener,
            price=lambda endpoint: self.prices.price(endpoint, _SILENT).unit_usd,
            bought=lambda offer: is_paid(self.ledger, job(offer).purchase),
        )
        return Listening(job(choice.offer), choice)

    def listener_models(self) -> frozenset[str]:
        """The endpoints that a new listener may be bought from."""
        tone = {AVATAR_STANDARD} if ListenerPlan.SILENT_AVATAR in self.models.listener_plans else set()
        return frozenset({self.models.listener, *tone})

    def speaker_model(self, label: str, character: Character, model: str | None) -> str:
        """The endpoint that speaks: the turn's, the character's or the mode's. ContentError for one that cannot."""
        endpoint = catalogue.get(model or character.speaking.model or self.models.speaker)
        if endpoint.kind is not Kind.AVATAR:
            raise ContentError(
                f"{endpoint.name} cannot make {label} speak",
                where="the turn's `model`, or show.yaml: speaking.model, models.speaker",
                mend="use one of " + ", ".join(SPEAKERS),
            )
        return endpoint.id

    def purchase(
        self, endpoint: Endpoint, asset: str, cell: Cell, arguments: Arguments, take: int, seconds: float | None
    ) -> Purchase:
        """A request as the ledger knows it, with its price. `seconds`: the measured length that is billed, if one is.

        Raises ContentError where no price is known.
        """
        measured = None if seconds is None else round(seconds, 3)
        return Purchase(
            provider=PROVIDER,
            endpoint=endpoint.id,
            asset=asset,
            cell=cell,
            arguments=arguments.payload(),
            take=take,
            estimate=endpoint.estimate(self.prices, arguments, media_seconds=measured),
        )

    def _listening(
        self, offer: Offer, cell: Cell, label: str, character: Character, mood: str | None, take: int, image: Media
    ) -> Job:
        note = f"{offer.plan.value} of {offer.ordered:g} s"
        if offer.plan is ListenerPlan.SILENT_AVATAR:
            tone = silent_tone(self.library, offer.ordered)
            prompt = listener_plans.listening_prompt(character, mood, label=label)
            silent = speakers.option(offer.endpoint)
            return self._avatar(silent, LISTENER_ASSET, cell, image, tone, prompt, take, offer.ordered, note)
        arguments = listener_plans.animation_arguments(offer, character, mood, content_name(image), label=label)
        purchase = self.purchase(catalogue.get(offer.endpoint), LISTENER_ASSET, cell, arguments, take, offer.ordered)
        media = {content_name(image): image}
        return Job(purchase=purchase, media=media, seconds=offer.ordered, note=note)

    def _avatar(
        self,
        speaker: SpeakerOption,
        asset: str,
        cell: Cell,
        image: Media,
        audio: Media,
        prompt: str,
        take: int,
        seconds: float,
        note: str | None = None,
    ) -> Job:
        arguments = speaker.arguments(image_url=content_name(image), audio_url=content_name(audio), prompt=prompt)
        media = {content_name(image): image, content_name(audio): audio}
        purchase = self.purchase(speaker.endpoint, asset, cell, arguments, take, seconds)
        return Job(purchase=purchase, media=media, seconds=seconds, note=note)

    def _check_sound(self, audio: Media, speaker: SpeakerOption, label: str) -> None:
        """Raise ContentError for a sound that no model or not this one takes; its length is `speakers.taking`'s."""
        facts = MediaFacts(suffix=audio.suffix, size=audio.size)
        problems = list(speaker.endpoint.media["audio_url"].problems(facts, speaker.sample()))
        if audio.suffix not in SOUNDS or audio.size > MOST_UPLOAD_BYTES:
            problems.append(f"is not one of {', '.join(sorted(SOUNDS))} of at most {MOST_UPLOAD_BYTES / 1e6:g} MB")
        if problems:
            raise ContentError(
                f"a {audio.suffix} of {audio.size / 1e6:.1f} MB cannot be spoken by {speaker.name}",
                where=f"the voice of {label}",
                why="; ".join(f"it {problem}" for problem in problems),
                mend="materialize tts_audio and uploaded_urls again",
            )

    def _check_picture(self, picture: Media, label: str) -> None:
        with Image.open(self.library.path(picture)) as image:
            width, height, clear = image.width, image.height, image.has_transparency_data
        if min(width, height) < SHORTEST_SIDE or not 1 / WIDEST <= width / height <= WIDEST or clear:
            raise ContentError(
                f"the picture of {label} is not one that the models take: {width}x{height}",
                why=f"they take opaque pictures of at least {SHORTEST_SIDE} pixels a side, 1:{WIDEST} to {WIDEST}:1",
                mend="materialize uploaded_urls again: it prepares the picture",
            )


def about(endpoint: str, seconds: float, sentences: Sequence[float]) -> tuple[SpeakerOption, float, str | None]:
    """How a model would be ordered for about `seconds`: at which resolution, for how many billed seconds, and a note.

    `sentences` are about how long each sentence lasts. Where the model may refuse, the note says so.
    """
    try:
        speaker = speakers.taking(endpoint, seconds)
    except ContentError as refusal:
        speaker = speakers.longest(endpoint)
        count = pieces_of(sentences, seconds, speaker.span().most)
        if count < 2:
            return speaker, seconds, f"about: {refusal.what}, {refusal.why}; {refusal.mend}"
        note = f"about: {refusal.what} at once, so it is made in {count} pieces, cut between sentences"
        return speaker, seconds + (count - 1) * SEAM_SECONDS, note
    return speaker, seconds, _resolution(speaker)


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
        mend="end a sentence earlier, make it two turns" + (f", or use {', '.join(able)}" if able else ""),
    )


def _told(piece: Piece, number: int, count: int) -> str:
    """A piece for a person: which it is, and where it was cut."""
    until = f", up to “… {piece.last_words}”" if piece.last_words else ""
    return f"piece {number} of {count}: {piece.start:.2f}-{piece.end:.2f} s{until}"


def content_name(media: Media) -> str:
    """How media stand in a purchase: by content, so that an address never enters a key."""
    return f"sha256:{media.sha256}"


def _resolution(speaker: SpeakerOption) -> str | None:
    """What is worth telling of an option: a resolution that the length of the voice forced."""
    return None if speaker == speakers.option(speaker.endpoint.id) else f"{speaker.name}, by the length of the voice"
