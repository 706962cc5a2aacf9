"""What a composite is made from: who is seen by which clip, what lies over them, what is heard and written.

Values alone, and a part of the recipes' keys; how they become a picture is `composite`'s business.
"""

from typing import Self

from resources.content.show import Format
from resources.core.library import Library
from resources.core.values import Media, Value, Word
from resources.media.direction.framings import Shot
from resources.media.picture.entry.door import entered
from resources.media.timebase import frames_of
from resources.media.typography.caption_styles import CaptionChanges
from resources.media.typography.plates import Banner


class CastMember(Value):
    """A character as the screen shows it."""

    label: str
    name: str
    color: str  # #rrggbb


class Before(Value):
    """What is seen of a face before its clip begins: another clip of it, from `begins` seconds on, for some frames."""

    video: Media
    frames: int
    begins: float = 0.0
    loops: bool = False


class PaneClip(Value):
    """A clip to fill a pane: any size, rate and length."""

    video: Media
    loops: bool = False  # it may be repeated; else its last frame is held
    begins: float = 0.0  # seconds into a loop that it starts at: where the face goes on
    before: Before | None = None
    waits: int = 0  # frames that its first picture is held for, where nothing is seen before it

    def entered(self, library: Library) -> Self:
        """The same with its clips as they come in by the one door."""
        before = self.before and self.before.model_copy(update={"video": entered(library, self.before.video)})
        return self.model_copy(update={"video": entered(library, self.video), "before": before})


class Rest(Value):
    """The end of the voice of the turn before, which is still heard: from sample `first` on."""

    audio: Media
    first: int


class Slip(Value):
    """What is written over a picture from one second of it up to another: transparent, in its format's full size."""

    picture: Media
    begins: float
    ends: float


class Cutaway(Value):
    """A clip or a still that fills the whole picture for a while, from `begins` to `ends` seconds into the segment.

    It lies over the panes and their name tags, under captions and marks.
    """

    media: Media
    still: bool
    begins: float
    ends: float
    gain: float | None = None  # decibels of its own sound under the voice; None: it is not heard
    slips: tuple[Slip, ...] = ()  # seconds of its own


class CompositeOrder(Value):
    """Everything that a segment's picture depends on."""

    format: Format
    layout: str
    cast: tuple[CastMember, ...]  # in the show's order: it decides who sits where
    speaker: str  # a label
    clips: dict[str, PaneClip]  # by label; characters without one are not shown
    audio: Media  # the finished voice track
    seconds: float  # its length
    words: tuple[Word, ...]
    captions: str = "karaoke"
    caption_changes: CaptionChanges = CaptionChanges()  # what the show has otherwise than the style
    language: str = "en"  # of the words: where they may be hyphenated
    cutaways: tuple[Cutaway, ...] = ()  # later ones lie on earlier ones
    rehearsal: bool = False
    bug: str = ""  # small line in the corner
    banners: tuple[Banner, ...] = ()
    progress: tuple[float, float] | None = None  # how much of the episode is over at its start and at its end
    overlay: Media | None = None  # a person's own, in place of what is drawn
    zoom: float = 1.0  # punch-in on the speaker: 1.2 shows the middle 1/1.2
    shots: tuple[Shot, ...] = ()  # as a director cuts the turn; without any it is one, in `layout` at `zoom`
    shrink: int = 1  # 1/shrink of the published size
    opening: int = 0  # frames of silence before the voice begins; `words` and `shots` count from the first of them
    sooner: int = 0  # frames that the segment ends before its voice does: the next turn begins then
    under: Rest | None = None  # what is still heard of the turn before, from the first frame on
    clear: int = 0  # frames at the end without captions: in them the cut goes over into another picture
    unnamed: bool = False  # nor with names: a headline is seen next

    @property
    def frames(self) -> int:
        """How many frames the segment has."""
        return self.opening + frames_of(self.seconds) - self.sooner

    @property
    def seen(self) -> tuple[Shot, ...]:
        """The shots that the picture has."""
        return self.shots or (Shot(layout=self.layout, first=0, end=self.frames, zoom=(self.zoom, self.zoom)),)
