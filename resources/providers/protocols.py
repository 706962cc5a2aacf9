"""The protocols that a mode fills: who speaks lines, uploads files, makes clips and shots.

Assets and the editor know only these, never a provider. Every delivery carries a Receipt, so what a thing cost is known
wherever it goes. For all of them:

- Called from several threads at once. A call waits, minutes for a clip, until its delivery is in the library whole and
  measured; when the run is told to stop, it ends with a StudioError and cancels nothing.
- Called again with an equal brief, it delivers the same file and pays nothing: the receipt says `reused`. Another take
  is another brief. After an error, too, calling again is safe: what was sent is found before anything is sent anew.
- Raises NinjaError, and nothing else that is foreseen: StudioError for what a provider did, with `charge` (may it have
  cost money?) and `retryable` (can the same call help later?); CapError, with nothing sent, over a cap; LedgerError
  where the ledger cannot be told; ContentError for what a person has to mend, MediaError for a file that is damaged.
- Seconds are of media, measured; sides are pixels; dollars are US dollars. `cell` says for whom, and is in no key.
"""

from typing import Protocol

from resources.content.settings.characters import Character
from resources.core.values import Cell, Clip, Footage, Media, Upload, Voice
from resources.purchasing.requests.briefs import ListenerBrief, ShotBrief, SpeakerBrief, VoiceBrief


class VoiceStudio(Protocol):
    """Speaks lines."""

    def speak(self, brief: VoiceBrief) -> Voice:
        """The recording of a line, as it came: mono or stereo at the studio's own rate, without the show's pauses.

        Its words are `brief.spoken.split()`, one for one, with times in seconds from the recording's start.
        """
        ...


class UploadDesk(Protocol):
    """Brings files to where the clip studio reads them, in the form that it accepts. Costs nothing.

    A file that has an address which lives long enough keeps it: the same content is brought there once.
    """

    def voice(self, track: Media, *, cell: Cell) -> Upload:
        """Where a finished voice track (48 kHz WAV) is read: as the sound that models take, of the same length."""
        ...

    def portrait(
        self, character: Character, *, angle: str | None, width: int, height: int, cell: Cell
    ) -> Upload | None:
        """Where a character's picture is read, prepared for a clip of `width` x `height`; None for a puppet.

        `angle` names one of the character's further pictures, None the first. ContentError for one that models refuse.
        """
        ...

    def reference(self, media: Media, *, cell: Cell) -> Upload:
        """Where a file that a shot is made from is read, as it is: it has the form of its slot already."""
        ...


class ClipStudio(Protocol):
    """Makes moving pictures of characters. Their sound, if any, is not used."""

    def speaker(self, brief: SpeakerBrief) -> Clip:
        """The character speaking `brief.track`: about as long as it, with `loops` False.

        A turn that is too long for its model is made of the brief's several requests, and comes joined, as one clip.
        """
        ...

    def listener(self, brief: ListenerBrief) -> Clip:
        """The character listening, mouth shut: about `brief.seconds` long or more, else with `loops` True."""
        ...


class ShotStudio(Protocol):
    """Makes the shots that stand beside dialogue."""

    def shoot(self, brief: ShotBrief) -> Footage:
        """The shot, made from `brief.given`: a clip, or a still picture where its kind is one (no seconds, no fps)."""
        ...
