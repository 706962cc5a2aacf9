"""What is checked, and what a check found. Which finding stops a cut is said here, in one place."""

from collections.abc import Sequence

from pydantic import ConfigDict, Field

from resources.core.errors import MediaError
from resources.core.names import Mode, in_order
from resources.core.values import Value


class Check(Value):
    """A named check. A gate stops the cut from being made; another check only warns."""

    name: str
    about: str
    gate: bool


class Finding(Value):
    """What one check found. `segment` is empty where the whole cut was measured; `message` has the figures and units.

    `asset` is what was judged; `shape` is the format of the cut that it was found in, where an episode is cut in
    several.
    """

    # Its JSON stands in records, whose digests say what is current: the name there stays.
    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    check: str
    segment: str
    passed: bool
    message: str = Field(alias="told")
    shape: str = ""
    asset: str = ""

    @property
    def place(self) -> str:
        """Where it was found, as a person is told: `s03`, `s03 (long)`, `whole cut`."""
        return (self.segment or "whole cut") + (f" ({self.shape})" if self.shape else "")


VOICE = Check(
    name="voice_says_the_line",
    about="The voice is as long as its line takes, said once, to its end, and heard. In draft and final a person "
    "listens to one that is not, before its clip is bought.",
    gate=False,
)
LENGTHS = Check(
    name="lengths_match_the_voice",
    about="The speaker's clip lasts as long as its voice track; the composite has exactly its frames.",
    gate=True,
)
STREAMS = Check(
    name="streams_size_and_rate",
    about="Picture and sound are both there, in the format's size, at 30 fps and 48 kHz.",
    gate=True,
)
BLACK = Check(name="no_black_frames", about="Every pane shows something in every key frame.", gate=True)
FROZEN = Check(name="no_frozen_picture", about="No clip stands still for a second.", gate=False)
LIPS = Check(
    name="lips_follow_the_speech",
    about="What moves in the speaker's mouth region follows the voice's loudness, without lag.",
    gate=False,
)
STILL = Check(name="listener_keeps_silent", about="The listener's mouth region moves no more than a nod.", gate=False)
CAPTIONS = Check(
    name="captions_fit", about="No caption is wider or higher than its area, or has a third line.", gate=False
)
JOINTS = Check(
    name="joints_do_not_drift",
    about="Each segment starts on its own key frame at its exact time, with its voice under one audio frame away.",
    gate=True,
)
SOUND = Check(
    name="loudness_and_peaks",
    about="The cut is at -14 LUFS within 1 LU, with true peaks of at most -1 dBTP.",
    gate=True,
)
MUSIC = Check(name="music_is_heard", about="Each file of `sound` is heard before the cut ends.", gate=False)
MARK = Check(
    name="rehearsal_mark",
    about="A rehearsal shows its mark in the picture and says so in the file; draft and final do neither.",
    gate=True,
)

CHECKS = (VOICE, LENGTHS, STREAMS, BLACK, FROZEN, LIPS, STILL, CAPTIONS, JOINTS, SOUND, MUSIC, MARK)
_GATES = {check.name for check in CHECKS if check.gate}


def judged(asset: str, *findings: Finding) -> tuple[Finding, ...]:
    """Findings as those of an asset."""
    return tuple(finding.model_copy(update={"asset": asset}) for finding in findings)


def stop_if_unfit(findings: Sequence[Finding], *, episode: str, mode: Mode) -> None:
    """Raise MediaError when a gate's finding would harm the viewer, naming each segment, check and figure."""
    unfit = [finding for finding in findings if not finding.passed and finding.check in _GATES]
    if not unfit:
        return
    named = ", ".join(dict.fromkeys(finding.place for finding in unfit))
    raise MediaError(
        f"the cut of {episode} is not fit to be seen: {named}",
        why="; ".join(f"{finding.place} {finding.check}: {finding.message}" for finding in unfit),
        hint=_mending(unfit, f"ninja produce {episode} --mode {mode}"),
    )


def _mending(unfit: Sequence[Finding], produce: str) -> str:
    """What a person does about them: a segment may be at fault, or what is laid under the whole cut."""
    steps = []
    if segments := in_order({finding.segment for finding in unfit if finding.segment}):
        retake = f"{produce} --segments {','.join(segments)} --retake"
        steps.append(
            f"look at the files of {', '.join(segments)}; all that they are made from is made anew by: {retake}"
        )
    if whole := {finding.check for finding in unfit if not finding.segment}:
        softer = "see to `sound` in show.yaml, or to the sound of its shots, then: " if SOUND.name in whole else ""
        steps.append(f"{softer}{produce} joins the cut again from what is there, for $0")
    return "; ".join(steps)
