"""What a turn of dialogue asks for: its line, the clip of its speaker, or its pieces, and the clips of who listens."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

from resources.content.lines.speech import estimate_seconds, sentences
from resources.content.segments import Turn
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import LISTENER_CLIPS, SPEAKER_CLIPS, TTS_AUDIO
from resources.core.values import Media, Part, VoiceTrack
from resources.media.audio.voice_track import SHORTEST_SECONDS, finish_voice
from resources.purchasing.requests.briefs import ListenerBrief, SpeakerBrief, Uploads, VoiceBrief
from resources.purchasing.requests.clip_requests import (
    expected_speaker,
    listener_requests,
    models_of_turn,
    speaker_requests,
)
from resources.purchasing.requests.quotes import Quote
from resources.purchasing.requests.request import Request
from resources.purchasing.requests.segment_requests import SegmentRequests
from resources.purchasing.requests.voice_requests import voice_of_entry, voice_request


@dataclass(frozen=True)
class TurnRequests(SegmentRequests):
    """The requests of a turn. `recorded` is the finished voice that its clips are made for, where that is known.

    `pictures` are those of characters, by label, that its clips are made of, where they are known.
    """

    assets: ClassVar[tuple[str, ...]] = (TTS_AUDIO, SPEAKER_CLIPS, LISTENER_CLIPS)
    uploads: ClassVar[type[Uploads]] = Uploads

    segment: Turn
    recorded: VoiceTrack | None = None
    pictures: Mapping[str, Media] = field(default_factory=dict)

    # Briefs

    def voice(self) -> VoiceBrief:
        """The line to be spoken. Raises ContentError, in a paid mode, for a character without a voice."""
        context, turn = self.context, self.segment
        brief = VoiceBrief(
            cell=context.cell(turn),
            label=turn.speaker,
            character=context.show.characters[turn.speaker],
            performance=turn.performance,
            spoken=turn.spoken,
            take=context.take(turn, Part.VOICE),
            language=context.show.language,
        )
        return context.asked(brief, lambda market, brief: (voice_request(market.prices, brief),))

    def speaker(self, track: VoiceTrack, image: Media | None) -> SpeakerBrief:
        """The speaker, for a finished voice. Raises ContentError, in a paid mode, for what models do not take."""
        context, turn = self.context, self.segment
        width, height = context.script.format.clip_size
        brief = SpeakerBrief(
            cell=context.cell(turn),
            label=turn.speaker,
            character=context.show.characters[turn.speaker],
            track=track.audio,
            image=image,
            seconds=track.seconds,
            words=track.words,
            visemes=track.visemes,
            width=width,
            height=height,
            take=context.take(turn, Part.SPEAKER),
            model=turn.model,
            acting=turn.acting,
            origins={**self._origin_of_track(track), **self._origin_of_picture(turn.speaker, image)},
        )
        return context.asked(brief, speaker_requests)

    def listener(self, label: str, seconds: float, image: Media | None) -> ListenerBrief:
        """Somebody who listens, in a turn of `seconds`. Raises as `speaker`, and where no way there is allowed."""
        context, turn = self.context, self.segment
        width, height = context.script.format.clip_size
        brief = ListenerBrief(
            cell=context.cell(turn),
            label=label,
            character=context.show.characters[label],
            image=image,
            seconds=seconds,
            width=width,
            height=height,
            mood=turn.mood,
            take=context.take(turn, Part.LISTENER),
            origins=self._origin_of_picture(label, image),
        )
        return context.asked(brief, listener_requests)

    # By what is bought

    def for_voice(self, recorded: VoiceTrack) -> SegmentRequests:
        return replace(self, recorded=recorded)

    def for_files(self, files: Mapping[str, Media]) -> SegmentRequests:
        return replace(self, pictures=files)

    def requests(self, asset: str) -> tuple[Request, ...] | None:
        if asset == TTS_AUDIO:
            return self.voice().requests
        if asset not in self.assets:
            return ()
        if self.track is None:
            return None
        if asset == SPEAKER_CLIPS:
            return self.speaker(self.track, self._portrait(self.segment.speaker)).requests
        return self._listeners(self.track.seconds)

    def expected(self, asset: str) -> list[Quote]:
        if asset == LISTENER_CLIPS:
            return [self.quote(request, exact=False) for request in self._listeners(self.planned_seconds())]
        turn = self.segment
        character = self.context.show.characters[turn.speaker]
        lengths = [estimate_seconds(sentence, character.voice.offline.rate) for sentence in sentences(turn.spoken)]
        expected = expected_speaker(
            self.context.paid,
            label=turn.speaker,
            character=character,
            model=turn.model,
            seconds=self.planned_seconds(),
            sentences=lengths,
        )
        return [expected]

    def waits(self) -> ContentError:
        episode, mode = self.context.script.episode, self.context.mode
        return ContentError(
            f"{self.segment.segment} has no voice yet: its length and its purchase are not known",
            hint=f"import the voice first (--asset {TTS_AUDIO}), or buy it: ninja produce {episode} --mode {mode}",
        )

    def note(self, request: Request, quote: Quote) -> str | None:
        """Who listens, and in which way."""
        if request.purchase.asset == LISTENER_CLIPS:
            return f"{request.label} listens: {request.reason}"
        return super().note(request, quote)

    def endpoints(self) -> frozenset[str]:
        return models_of_turn(self.context.paid, self.segment, self.context.show.characters[self.segment.speaker])

    def planned_seconds(self) -> float:
        """How long the track will last, in seconds, estimated from its words."""
        show, turn = self.context.show, self.segment
        speech = estimate_seconds(turn.spoken, show.characters[turn.speaker].voice.offline.rate)
        return round(max(speech + show.pacing.lead_seconds + show.pacing.tail_seconds, SHORTEST_SECONDS), 3)

    def length(self) -> tuple[float, bool]:
        return (self.planned_seconds(), False) if self.track is None else (round(self.track.seconds, 3), True)

    def picture(self) -> Media | None:
        """The speaker's clip, if it is bought and of one piece: pieces are joined by the run that needs them."""
        requests = self.requests(SPEAKER_CLIPS) or ()
        found = self.context.paid.collected(requests[0].purchase) if len(requests) == 1 else None
        return found.media if found else None

    @property
    def track(self) -> VoiceTrack | None:
        """The finished voice: the recorded one, else that of the current take, if it is there."""
        return self.recorded or self._bought

    @cached_property
    def _bought(self) -> VoiceTrack | None:
        """The finished voice, if its line is bought and in the library. Recorded nowhere as a reuse."""
        show, turn = self.context.show, self.segment
        if show.characters[turn.speaker].voice.elevenlabs is None:
            return None  # there is nothing yet that it could have been bought with
        market, [request] = self.context.paid, self.voice().requests
        found = market.collected(request.purchase)
        if found is None:
            return None
        voice = voice_of_entry(market.library, found, turn.spoken)
        return finish_voice(market.library, voice, pacing=show.pacing)

    def _origin_of_track(self, track: VoiceTrack) -> dict[str, str]:
        """What a voice's track was made from; nothing for one that is not known, as of an earlier version's record."""
        if self.context.market is None:
            return {}
        own = self._bought if track.origin is None else track
        return {track.audio.sha256: own.origin} if own and own.origin and own.audio == track.audio else {}

    def _origin_of_picture(self, label: str, image: Media | None) -> dict[str, str]:
        """What a character's picture was made from, as far as it is known."""
        if self.context.market is None or image is None:
            return {}
        show, (width, height) = self.context.show, self.context.script.format.clip_size
        origin = self.context.market.portraits.origin(
            image, show.characters[label], angle=angle_of(show, self.segment, label), width=width, height=height
        )
        return {image.sha256: origin} if origin else {}

    def _listeners(self, seconds: float) -> tuple[Request, ...]:
        labels = self.segment.listeners
        return tuple(
            request for label in labels for request in self.listener(label, seconds, self._portrait(label)).requests
        )

    def _portrait(self, label: str) -> Media:
        if label in self.pictures:
            return self.pictures[label]
        show, (width, height) = self.context.show, self.context.script.format.clip_size
        angle = angle_of(show, self.segment, label)
        return self.context.paid.portraits.of(show.characters[label], angle=angle, width=width, height=height)


def angle_of(show: Show, turn: Turn, label: str) -> str | None:
    """The angle from which a turn sees a character: the camera's for its speaker, none for who listens."""
    return show.cameras[turn.camera].angle if turn.camera and label == turn.speaker else None
