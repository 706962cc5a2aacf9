"""What one cell orders: a turn's line, pictures and clips, or a shot, as the paid mode's orders. Nothing is sent.

Assets buy these, `quote` prices them, `clips_import` puts a person's own file in the place of one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from resources.content.orders import FootageOrder, SpeakerOrder, Uploads, VoiceOrder
from resources.content.segments import PlacedShot, Script, Turn, content_key
from resources.content.shots import is_file
from resources.content.show import Show
from resources.content.speech import estimate_seconds, sentences
from resources.core.names import BOUGHT, Mode
from resources.core.values import PERFORMANCE, Cell, Media, Part, VoiceTrack
from resources.media.audio.voice_track import SHORTEST_SECONDS
from resources.media.probe import video_facts
from resources.models.catalogue import MediaFacts
from resources.models.references import fitted, measured, read_reference
from resources.models.shot_arguments import ordered_seconds
from resources.purchasing.requests.clip_requests import Listening, Speech
from resources.purchasing.requests.paid_requests import PaidOrders
from resources.purchasing.requests.quotes import Quote, once
from resources.purchasing.requests.shot_requests import ShotJob, drafted

TakeOf = Callable[[Turn | PlacedShot, Part], int]


def cell_of(script: Script, content: Turn | PlacedShot, mode: Mode) -> Cell:
    """A segment of an episode as studios and the ledger know it: by its place, and by what stands there."""
    return Cell(episode=script.episode, segment=content.segment, mode=mode, content=content_key(content))


def voice_order(show: Show, turn: Turn, cell: Cell, take: int) -> VoiceOrder:
    """A turn's line as its voice studio gets it."""
    return VoiceOrder(
        cell=cell,
        label=turn.speaker,
        character=show.characters[turn.speaker],
        performance=turn.performance,
        spoken=turn.spoken,
        take=take,
        language=show.language,
    )


def speaker_order(
    show: Show, script: Script, turn: Turn, cell: Cell, *, uploads: Uploads, track: VoiceTrack, take: int
) -> SpeakerOrder:
    """A turn's speaker, for its finished voice, as the clip studio gets it."""
    width, height = script.format.clip_size
    return SpeakerOrder(
        cell=cell,
        label=turn.speaker,
        character=show.characters[turn.speaker],
        track=track.audio,
        audio=uploads.voice,
        image=uploads.portraits[turn.speaker],
        seconds=track.seconds,
        words=track.words,
        width=width,
        height=height,
        take=take,
        model=turn.model,
        acting=turn.acting,
    )


def angle_of(show: Show, turn: Turn, label: str) -> str | None:
    """The angle from which a turn sees a character: the camera's for its speaker, none for who listens."""
    return show.cameras[turn.camera].angle if turn.camera and label == turn.speaker else None


def spoken_seconds(show: Show, turn: Turn) -> float:
    """How long a turn's track will last, in seconds, estimated from its words."""
    rate = show.characters[turn.speaker].voice.offline.rate
    speech = estimate_seconds(turn.spoken, rate) + show.pacing.lead_seconds + show.pacing.tail_seconds
    return round(max(speech, SHORTEST_SECONDS), 3)


def clip_seconds(show: Show, script: Script, show_folder: Path, content: Turn | PlacedShot) -> float:
    """How long the clip of a cell will be, in seconds, before it is made; 0 for a picture that is never shown."""
    if isinstance(content, Turn):
        return spoken_seconds(show, content)
    ordered = ordered_seconds(content.shot)
    source = next((ref for slot, ref in content.shot.needs().items() if slot in content.shot.clip_slots), None)
    if ordered is not None or source is None:
        return ordered or 0.0
    if is_file(source):
        return round(video_facts(show_folder / source).seconds, 3)
    owner = script.owner(source)
    return clip_seconds(show, script, show_folder, owner) if owner else 0.0


@dataclass(frozen=True)
class Quoted:
    """What a cell would cost now, and how long it is: `exact` where that was measured."""

    seconds: float
    exact: bool
    quotes: list[Quote]

    def usd(self, asset: str) -> float:
        """What making one asset of it would cost; $0 for what is free or paid for."""
        return sum(quote.usd for quote in once(self.quotes) if quote.asset == asset)


@dataclass(frozen=True)
class CellOrders:
    """The orders of one turn of a paid mode. `take` gives the take to buy or reuse."""

    show: Show
    script: Script
    turn: Turn
    mode: Mode
    orders: PaidOrders
    take: TakeOf

    @property
    def content(self) -> Turn:
        """What the cell holds."""
        return self.turn

    @property
    def cell(self) -> Cell:
        """The cell as the ledger knows it."""
        return cell_of(self.script, self.turn, self.mode)

    def endpoints(self) -> frozenset[str]:
        """The endpoints of the clip studio that it may buy from."""
        clips, turn = self.orders.clips, self.turn
        speaker = clips.speaker_model(turn.speaker, self.show.characters[turn.speaker], turn.model)
        return frozenset({speaker, *(clips.listener_models() if turn.listeners else ())})

    def quoted(self) -> Quoted:
        """The price of the whole cell."""
        track = self.track()
        return Quoted(
            seconds=round(track.seconds, 3) if track else spoken_seconds(self.show, self.turn),
            exact=track is not None,
            quotes=[self.quote_voice(), *self.quote_speaker(track), *self.quote_listeners(track)],
        )

    def voice(self) -> VoiceOrder:
        """The line to be spoken."""
        return voice_order(self.show, self.turn, self.cell, self.take(self.turn, Part.VOICE))

    def track(self) -> VoiceTrack | None:
        """The finished voice; None before it is bought."""
        return self.orders.track(self.voice(), self.show.pacing)

    def speaker(self, track: VoiceTrack) -> Speech:
        """The speaker's clip, or its pieces, for a finished voice."""
        turn = self.turn
        return self.orders.clips.speaker(
            cell=self.cell,
            label=turn.speaker,
            character=self.show.characters[turn.speaker],
            model=turn.model,
            take=self.take(self.turn, Part.SPEAKER),
            image=self._portrait(turn.speaker),
            audio=self.orders.upload_copy(track.audio),
            track=track.audio,
            words=track.words,
            acting=turn.acting,
        )

    def listener(self, label: str, seconds: float) -> Listening:
        """A listener's clip, by the planner's choice, for a turn of `seconds`."""
        return self.orders.clips.listener(
            cell=self.cell,
            label=label,
            character=self.show.characters[label],
            mood=self.turn.mood,
            seconds=seconds,
            take=self.take(self.turn, Part.LISTENER),
            image=self._portrait(label),
        )

    def quote_voice(self) -> Quote:
        """The price of the line."""
        return self.orders.quote_voice(self.voice())

    def quote_speaker(self, track: VoiceTrack | None) -> list[Quote]:
        """The price of the speaker's clip: exact with the voice, else by the words."""
        if track is not None:
            speech = self.speaker(track)
            return [self.orders.quote(job.purchase, note=job.note if speech.pieces else None) for job in speech.jobs]
        estimate = self.orders.clips.estimate_speaker(
            label=self.turn.speaker,
            character=self.show.characters[self.turn.speaker],
            model=self.turn.model,
            seconds=spoken_seconds(self.show, self.turn),
            sentences=[estimate_seconds(sentence, self._rate) for sentence in sentences(self.turn.spoken)],
        )
        return [estimate]

    def quote_listeners(self, track: VoiceTrack | None) -> list[Quote]:
        """The price of each listener's clip; notes name the listener and the way that the planner chose."""
        seconds = track.seconds if track else spoken_seconds(self.show, self.turn)
        found = [(label, self.listener(label, seconds)) for label in self.turn.listeners]
        return [
            self.orders.quote(
                listening.job.purchase, exact=track is not None, note=f"{label} listens: {listening.choice.note}"
            )
            for label, listening in found
        ]

    def under_way(self, part: Part) -> bool:
        """Whether something of a part's current take was sent and has not come: another take would abandon it."""
        track = self.track()
        purchases = [self.orders.voice(self.voice())] if part is Part.VOICE else []
        if track is not None and part in PERFORMANCE:  # another voice would abandon its clip, too
            purchases += [job.purchase for job in self.speaker(track).jobs]
        if track is not None and part is Part.LISTENER:
            purchases += [self.listener(label, track.seconds).job.purchase for label in self.turn.listeners]
        return any(self.orders.under_way(purchase) for purchase in purchases)

    @property
    def _rate(self) -> int:
        return self.show.characters[self.turn.speaker].voice.offline.rate

    def _portrait(self, label: str) -> Media:
        width, height = self.script.format.clip_size
        angle = angle_of(self.show, self.turn, label)
        return self.orders.portraits.of(self.show.characters[label], angle=angle, width=width, height=height)


@dataclass(frozen=True)
class ShotOrders:
    """The order of one shot of a paid mode. `take` gives the take of any segment: a shot may be made from others."""

    show: Show
    script: Script
    placed: PlacedShot
    mode: Mode
    orders: PaidOrders
    take: TakeOf

    @property
    def content(self) -> PlacedShot:
        """What the cell holds."""
        return self.placed

    @property
    def cell(self) -> Cell:
        """The cell as the ledger knows it."""
        return cell_of(self.script, self.placed, self.mode)

    def endpoints(self) -> frozenset[str]:
        """The endpoint of the clip studio that makes it."""
        facts: dict[str, MediaFacts] = {}
        made = drafted(self.placed.shot, self.mode, self.script.format, facts, self.orders.shots.book)
        return frozenset({made.endpoint.id})

    def job(self) -> ShotJob | None:
        """The shot's own job; None before all that it is made from is bought. Raises ContentError as `FalShots.job`."""
        given: dict[str, Media] = {}
        for slot in self.placed.shot.needs():
            media = self._given(slot)
            if media is None:
                return None
            given[slot] = media
        return self.orders.shots.job(
            FootageOrder(
                cell=self.cell,
                shot=self.placed.shot,
                format=self.script.format,
                take=self.take(self.placed, Part.SHOT),
                given=given,
            )
        )

    def quoted(self) -> Quoted:
        """The price of the shot: exact once all that it is made from is there, else by what is known of it."""
        job = self.job()
        if job is not None:
            quote = self.orders.quote(job.job.purchase)
            note = quote.note or (None if quote.reused else job.reason)
            return Quoted(self._shown(job.job.seconds), True, [quote.model_copy(update={"note": note})])
        shot = self.placed.shot
        facts = {slot: self._known(slot) for slot in shot.needs()}
        quote = self.orders.shots.estimate(shot, self.mode, self.script.format, facts)
        return Quoted(self._shown(self._clip_seconds(self.placed)), False, [quote])

    def bought(self) -> Media | None:
        """The file of the shot, if it is bought."""
        job = self.job()
        return self.orders.bought(job.job.purchase) if job else None

    def under_way(self, part: Part) -> bool:
        """Whether its current take was sent and has not come: another take would abandon it."""
        job = self.job() if part is Part.SHOT else None
        return job is not None and self.orders.under_way(job.job.purchase)

    def _shown(self, seconds: float | None) -> float:
        """How long it is in the cut, by its clip: nothing for what has no place of its own there."""
        if not self.placed.in_cut:
            return 0.0
        return self._clip_seconds(self.placed) if seconds is None else seconds

    def _clip_seconds(self, content: Turn | PlacedShot) -> float:
        return clip_seconds(self.show, self.script, self.orders.portraits.show_folder, content)

    def _given(self, slot: str) -> Media | None:
        """The file of a slot, in its form; None before it is bought."""
        shot, shape, library = self.placed.shot, self.script.format, self.orders.library
        reference = shot.needs()[slot]
        if is_file(reference):
            return read_reference(library, self.orders.portraits.show_folder, shot, slot, format=shape)
        owner = self._owner(reference)
        made = owner.bought() if isinstance(owner, ShotOrders) else _spoken(owner)
        return made and fitted(library, shot, slot, made, format=shape, where=reference)

    def _known(self, slot: str) -> MediaFacts:
        """What can be known of a slot's file before it is made."""
        media = self._given(slot)
        if media is not None:
            return measured(self.orders.library, media)
        if slot not in self.placed.shot.clip_slots:
            return MediaFacts()
        owner = self._owner(self.placed.shot.needs()[slot])
        track = owner.track() if isinstance(owner, CellOrders) else None
        return MediaFacts(seconds=track.seconds if track else self._clip_seconds(owner.content))

    def _owner(self, reference: str) -> "CellOrders | ShotOrders":
        content = self.script.owner(reference)
        if content is None:
            raise AssertionError(f"unreachable: the script has checked that there is a {reference}")
        return cell_orders(
            show=self.show, script=self.script, content=content, mode=self.mode, orders=self.orders, take=self.take
        )


def cell_orders(
    *, show: Show, script: Script, content: Turn | PlacedShot, mode: Mode, orders: PaidOrders, take: TakeOf
) -> CellOrders | ShotOrders:
    """The orders of one cell of a paid mode, whatever it holds."""
    if isinstance(content, Turn):
        return CellOrders(show, script, content, mode, orders, take)
    return ShotOrders(show, script, content, mode, orders, take)


def quote_of_asset(cell: CellOrders | ShotOrders, asset: str) -> float:
    """What making one asset of a cell would cost now, in US dollars; $0 for what is free or paid for."""
    return cell.quoted().usd(asset) if asset in BOUGHT else 0.0


def _spoken(turn: CellOrders) -> Media | None:
    """The speaker's clip of a turn, if it is bought and of one piece: pieces are joined by the run that needs them."""
    track = turn.track()
    jobs = turn.speaker(track).jobs if track else ()
    return turn.orders.bought(jobs[0].purchase) if len(jobs) == 1 else None
