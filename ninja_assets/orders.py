"""What one cell orders: the turn's line, pictures and clips as the paid mode's orders. Nothing is sent or recorded.

Assets buy these, `quote` prices them, `clips_import` puts a person's own file in the place of one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ninja_assets.values import Uploads
from resources.fal.orders import Listening, Speech
from resources.media.sound import SHORTEST_SECONDS
from resources.orders import PaidOrders
from resources.quotes import Quote
from resources.seams import PERFORMANCE, Cell, Media, Part, SpeakerOrder, VoiceOrder, VoiceTrack
from resources.show.model import Show
from resources.show.naming import Mode
from resources.show.speech import estimate_seconds, sentences
from resources.show.turns import Script, Turn


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
    )


def angle_of(show: Show, turn: Turn, label: str) -> str | None:
    """The angle from which a turn sees a character: the camera's for its speaker, none for who listens."""
    return show.cameras[turn.camera].angle if turn.camera and label == turn.speaker else None


def spoken_seconds(show: Show, turn: Turn) -> float:
    """How long a turn's track will last, in seconds, estimated from its words."""
    rate = show.characters[turn.speaker].voice.offline.rate
    speech = estimate_seconds(turn.spoken, rate) + show.pacing.lead_seconds + show.pacing.tail_seconds
    return round(max(speech, SHORTEST_SECONDS), 3)


@dataclass(frozen=True)
class CellOrders:
    """The orders of one cell of a paid mode. `take` gives the take to buy or reuse."""

    show: Show
    script: Script
    turn: Turn
    mode: Mode
    orders: PaidOrders
    take: Callable[[Part], int]

    @property
    def cell(self) -> Cell:
        """The cell as the ledger knows it."""
        return Cell(episode=self.script.episode, segment=self.turn.segment, mode=self.mode)

    def voice(self) -> VoiceOrder:
        """The line to be spoken."""
        return voice_order(self.show, self.turn, self.cell, self.take(Part.VOICE))

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
            take=self.take(Part.SPEAKER),
            image=self._portrait(turn.speaker),
            audio=self.orders.upload_copy(track.audio),
            track=track.audio,
            words=track.words,
        )

    def listener(self, label: str, seconds: float) -> Listening:
        """A listener's clip, by the planner's choice, for a turn of `seconds`."""
        return self.orders.clips.listener(
            cell=self.cell,
            label=label,
            character=self.show.characters[label],
            mood=self.turn.mood,
            seconds=seconds,
            take=self.take(Part.LISTENER),
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
