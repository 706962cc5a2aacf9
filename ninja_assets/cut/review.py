"""What is shown of an episode in a mode, by its records: in the review page beside a cut, and on the desk's pages.

An episode is shown as far as it is made. Where a file is found is the caller's to say: below the episode's folder, or
by its content on the server.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ninja_assets.cells.record.cell_values import Composites, Cuts, Listeners, ShownCut
from ninja_assets.cells.record.cell_values import Segment as Composed
from ninja_assets.cells.record.records import Records
from ninja_assets.cut.ingredients import file_of, worth
from ninja_assets.cut.past_takes import other_takes, performance_of
from ninja_assets.cut.shooting.graphics import captioned
from resources.content.segments import Script, Segment
from resources.content.show import Format, Show
from resources.core.errors import ContentError, NinjaError
from resources.core.library import Library
from resources.core.names import (
    COMPOSITES,
    FINAL_FILE,
    FINAL_VIDEO,
    LISTENER_CLIPS,
    POSTER_FILE,
    SEGMENT_FILE,
    SHOTS,
    SPEAKER_CLIPS,
    TTS_AUDIO,
    CellKey,
    Mode,
    listener_file,
    voice_file,
)
from resources.core.values import PART_OF, Clip, Footage, Media, Receipt, VoiceTrack, Word
from resources.deliver.review_page import CheckResult, MadeBy, Other, Review, ReviewSegment, ReviewWord, Standing
from resources.media.typography.subtitles import Spoken
from resources.models import catalogue
from resources.models.casting import cast_listener, cast_speaker
from resources.purchasing.state.state import EPISODE
from resources.quality.checks.report import Finding

Address = Callable[[Media, str], str]  # of a file, from its content and its path below the episode's folder
_STAND_IN = "a rehearsal: drawn offline, in the place of every model"


@dataclass(frozen=True)
class Sight:
    """An episode in a mode, as it is recorded. `folder` is the show's."""

    show: Show
    folder: Path
    library: Library
    records: Records
    script: Script

    @property
    def mode(self) -> Mode:
        """The mode that is looked at."""
        return self.records.mode

    def cut(self, shape: Format) -> ShownCut | None:
        """The cut in a format, from now or from before a change; None where there is none."""
        found = self.records.find(FINAL_VIDEO, CellKey(self.script.episode, EPISODE), Cuts)
        return found.value.by_format.get(shape) if found else None


def review_of(
    sight: Sight,
    shape: Format,
    address: Address,
    *,
    cut: ShownCut | None,
    captions: str | None = None,
    others: Sequence[Other] = (),
) -> Review:
    """An episode as it is shown in one format, as far as it is made."""
    script = sight.script
    found = _by_segment(cut.findings if cut else ())
    segments = [
        _Segment(sight, content, shape, address, cut, found.get(content.segment, ())) for content in script.segments
    ]
    width, height = shape.size
    return Review(
        episode=script.episode,
        title=script.title,
        mode=sight.mode.value,
        seconds=cut.seconds if cut else 0.0,
        width=width,
        height=height,
        cost_usd=sum(worth(each.receipts) for each in segments),
        video=address(cut.video, script.named(FINAL_FILE, shape)) if cut else None,
        captions=captions,
        language=sight.show.language,
        segments=tuple(each.shown() for each in segments),
        checks=found.get("", ()),
        others=tuple(others),
    )


def spoken_of(sight: Sight, cut: ShownCut) -> Sequence[Spoken]:
    """Who says what in a cut, for captions; of a cut that does not say it, by what is recorded now."""
    if cut.spoken is not None:
        return cut.spoken
    found = []
    for content in sight.script.cut:
        cell = CellKey(sight.script.episode, content.segment)
        voice = sight.records.find(TTS_AUDIO, cell, VoiceTrack)
        composites = sight.records.find(COMPOSITES, cell, Composites)
        composed = composites.value.by_format.get(sight.script.format) if composites else None
        place = cut.places.get(content.segment)
        if voice and place:
            words = composed.spoken(voice.value.words) if composed else voice.value.words
            written = captioned(sight.show, content, words)
            found.append(Spoken(start=place.start, name=content.title(sight.show)[0], words=written))
    return found


class _Segment:
    """One segment with what is recorded of it."""

    def __init__(
        self,
        sight: Sight,
        content: Segment,
        shape: Format,
        address: Address,
        cut: ShownCut | None,
        checks: Sequence[CheckResult],
    ) -> None:
        self._checks = tuple(checks)
        self._sight, self._content, self._shape, self._address, self._cut = sight, content, shape, address, cut
        self._cell = CellKey(sight.script.episode, content.segment)
        find = sight.records.find
        asset = content.picture_asset
        voice = find(TTS_AUDIO, self._cell, VoiceTrack)
        clip = find(asset, self._cell, Clip) if asset == SPEAKER_CLIPS else None
        footage = find(asset, self._cell, Footage) if asset == SHOTS else None
        listeners, composites = (
            find(LISTENER_CLIPS, self._cell, Listeners),
            find(COMPOSITES, self._cell, Composites),
        )
        self._voice = voice.value if voice else None
        self._picture: Clip | Footage | None = clip.value if clip else footage.value if footage else None
        self._listeners = dict(listeners.value.clips) if listeners else {}
        self._composed: Composed | None = composites.value.by_format.get(shape) if composites else None
        self._place = cut.places.get(content.segment) if cut else None

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts of all that could be paid for."""
        made = [self._voice, self._picture, *self._listeners.values()]
        return [each.receipt for each in made if each]

    def shown(self) -> ReviewSegment:
        """The segment as it is shown."""
        content, place, composed, script = self._content, self._place, self._composed, self._sight.script
        name, color = content.title(self._sight.show)
        key = content.segment
        start = place.start if place else 0.0
        return ReviewSegment(
            segment=key,
            name=name,
            color=color,
            line=content.text,
            start=place.start if place else None,
            end=place.end if place else None,
            chapter=content.chapter,
            words=tuple(
                ReviewWord(text=word.text, start=start + word.start, end=start + word.end)
                for word in (self._words() if place else ())
            ),
            cost_usd=worth(self.receipts),
            take=max([content.take, *(receipt.take for receipt in self._performed())]),
            layout=composed.receipt.endpoint if composed else "",
            poster=self._poster(),
            video=self._address(composed.video, f"{key}/{script.named(SEGMENT_FILE, self._shape)}")
            if composed
            else None,
            voice=self._address(self._voice.audio, f"{key}/{voice_file(self._voice.audio.suffix)}")
            if self._voice
            else None,
            clips=self._clips(),
            checks=self._checks,
            made_by=self._made_by(),
            retake=f"ninja produce {script.episode} --mode {self._sight.mode.value} --segments {key} --retake",
            takes=other_takes(
                self._sight.library,
                self._sight.records,
                self._cell,
                performance_of(self._voice, self._picture.media) if self._picture else "",
                self._address,
            ),
            state=self._state(),
            parts=tuple(part.value for part in content.parts),
        )

    def _words(self) -> tuple[Word, ...]:
        words = self._voice.words if self._voice else ()
        return self._composed.spoken(words) if self._composed else words

    def _poster(self) -> str | None:
        """A picture of it: of its composite, or a shot that is a picture itself."""
        key, script = self._content.segment, self._sight.script
        if self._composed:
            return self._address(self._composed.poster, f"{key}/{script.named(POSTER_FILE, self._shape)}")
        if self._picture and not self._content.moves:
            media = self._picture.media
            return self._address(media, file_of(key, self._content.picture_asset, media))
        return None

    def _performed(self) -> list[Receipt]:
        return [each.receipt for each in (self._voice, self._picture) if each]

    def _clips(self) -> dict[str, str]:
        """What is seen in it -> its file."""
        show, key, script = self._sight.show, self._content.segment, self._sight.script
        found: dict[str, str] = {}
        if self._picture:
            media = self._picture.media
            found[self._content.pictured(show)] = self._address(media, file_of(key, self._content.picture_asset, media))
        for label, clip in self._listeners.items():
            name = f"{show.characters[label].name}, listening"
            found[name] = self._address(clip.video, f"{key}/{listener_file(label)}")
        for placed in script.shots_over(key):
            over = self._sight.records.find(SHOTS, CellKey(script.episode, placed.segment), Footage)
            if over:
                media = over.value.media
                found[f"{placed.segment}, seen over it"] = self._address(media, file_of(placed.segment, SHOTS, media))
        return found

    def _made_by(self) -> tuple[MadeBy, ...]:
        made = [_made("voice", self._voice.receipt, "")] if self._voice else []
        if self._picture:
            made.append(_made(PART_OF[self._content.picture_asset], self._picture.receipt, self._reason()))
        for label, clip in self._listeners.items():
            made.append(_made(f"{label} listens", clip.receipt, self._listening()))
        return tuple(made)

    def _reason(self) -> str:
        """Why this model made its picture."""
        sight = self._sight
        if isinstance(self._picture, Footage):
            return self._picture.reason
        if not sight.mode.paid:
            return _STAND_IN
        with suppress(NinjaError):  # show.yaml is another one by now
            turn = sight.script.turn(self._content.segment)
            return cast_speaker(sight.show, sight.mode, turn, folder=sight.folder, episode=sight.script.episode).reason
        return ""

    def _listening(self) -> str:
        if not self._sight.mode.paid:
            return _STAND_IN
        with suppress(NinjaError):
            return cast_listener(self._sight.show, self._sight.mode, folder=self._sight.folder).reason
        return ""

    def _state(self) -> Standing:
        asset, kind = (COMPOSITES, Composites) if self._content.in_cut else (self._content.picture_asset, Footage)
        if self._sight.records.find(asset, self._cell, kind) is None:
            return Standing.MISSING
        try:
            self._sight.records.read(asset, self._cell, kind)
        except ContentError:
            return Standing.CHANGED
        return Standing.MADE


def _made(part: str, receipt: Receipt, reason: str) -> MadeBy:
    known = catalogue.find(receipt.endpoint)
    model = known.name if known else receipt.endpoint or receipt.provider
    why = "; ".join(filter(None, (reason, receipt.note)))
    return MadeBy(part=part, model=model, cost_usd=worth([receipt]), take=receipt.take, reason=why)


def _by_segment(findings: Sequence[Finding]) -> dict[str, tuple[CheckResult, ...]]:
    """What the checks found, by segment; of the whole cut by none."""
    found: dict[str, tuple[CheckResult, ...]] = {}
    for each in findings:
        result = CheckResult(check=each.check, passed=each.passed, message=each.message)
        found[each.segment] = (*found.get(each.segment, ()), result)
    return found
