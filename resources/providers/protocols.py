"""The protocols that a mode fills: who speaks lines, uploads files, makes clips and shots.

Assets and the editor know only these, never a provider. Every delivery carries a Receipt, so what a thing cost is known
wherever it goes.
"""

from typing import Protocol

from resources.content.settings.characters import Character
from resources.core.values import Cell, Clip, Footage, Media, Upload, Voice
from resources.purchasing.requests.briefs import ListenerBrief, ShotBrief, SpeakerBrief, VoiceBrief


class VoiceStudio(Protocol):
    """Speaks lines."""

    def speak(self, brief: VoiceBrief) -> Voice: ...


class UploadDesk(Protocol):
    """Brings files to where the clip studio reads them, in the form that it accepts."""

    def voice(self, track: Media, *, cell: Cell) -> Upload: ...

    def portrait(
        self, character: Character, *, angle: str | None, width: int, height: int, cell: Cell
    ) -> Upload | None: ...

    def reference(self, media: Media, *, cell: Cell) -> Upload: ...


class ClipStudio(Protocol):
    """Makes moving pictures of characters."""

    def speaker(self, brief: SpeakerBrief) -> Clip: ...

    def listener(self, brief: ListenerBrief) -> Clip: ...


class ShotStudio(Protocol):
    """Makes the shots that stand beside dialogue."""

    def shoot(self, brief: ShotBrief) -> Footage: ...
