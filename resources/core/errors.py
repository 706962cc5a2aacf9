"""The project's errors, as one tree.

An error here says four things: what happened, where (a file and line, or a request), why, and how to mend it.
It also says two things that decide what happens next: whether another try can help, and whether money may have
been spent. One that was found before anything was done has a code, which `ninja explain` tells more of, and one that
tells several has each as a part. No other module defines an exception that leaves `resources`.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

_LOGIN: Final = re.compile(r"\b([A-Za-z][A-Za-z0-9+]+:/{1,2})[^/\s]*:[^/\s]*@")  # also where a slash is missing


def without_login(text: str) -> str:
    """A text without the names and passwords that stand in its addresses: `sftp://***@host/folder`.

    A name alone is no secret, and stays: it is how an example is written (`postgresql://user@host/database`).
    """
    return _LOGIN.sub(r"\1***@", text)


class Charge(StrEnum):
    """Whether a failed request may have cost money."""

    NONE = "none"
    POSSIBLE = "possible"
    CHARGED = "charged"


class NinjaError(Exception):
    """Anything that this project refuses or fails at, told to a person.

    `what` is one sentence; `where` a place (`show/episodes/a.md:12`, `request 123`); `why` the cause; `hint` the
    next thing to do, best as a command. `code`: of the table of findings. No secret may be put in any of them; the
    password of an address is left out here.
    """

    retryable = False
    charge = Charge.NONE

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        why: str | None = None,
        hint: str | None = None,
        retryable: bool | None = None,
        charge: Charge | None = None,
        code: str | None = None,
        parts: Sequence["NinjaError"] = (),
    ) -> None:
        self.what = without_login(what)
        super().__init__(self.what)
        self.where = where and without_login(where)
        self.why = why and without_login(why)
        self.hint = hint and without_login(hint)
        self.code = code
        self.parts = tuple(parts)
        if retryable is not None:
            self.retryable = retryable
        if charge is not None:
            self.charge = charge

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        rest = [f"  why: {self.why}" if self.why else "", f"  mend: {self.hint}" if self.hint else ""]
        return "\n".join([head, *filter(None, rest)])


class ContentError(NinjaError):
    """Something that a person wrote or chose: a script, `show.yaml`, a picture, a name, a setting. Costs nothing."""


class MediaError(NinjaError):
    """A media file that cannot be made, read or trusted."""


class MediaLostError(MediaError):
    """A file of the library that is not there. The run that would make it makes it again, or fetches it for $0."""

    retryable = True


class MediaDamagedError(MediaLostError):
    """A file of the library whose content is not what it was. It counts as lost from then on, and heals likewise."""


class MediaFullError(MediaError):
    """A disk of this machine that has no room for a media file."""


class StudioError(NinjaError):
    """A studio (offline, ElevenLabs, fal.ai) that could not deliver what it was asked for.

    `setting` is the place in show.yaml of a setting that was refused: who knows the folder adds its line.
    """

    setting: tuple[str, ...] | None = None


class UntoldError(StudioError):
    """A history that does not tell what `request_id` was asked with: it may be the request that is looked for.

    Only a person can say. Nothing is sent meanwhile, and another look shows no more.
    """

    def __init__(self, text: str, *, request_id: str, where: str, hint: str) -> None:
        super().__init__("the history does not tell enough", where=where, why=text, hint=hint)
        self.request_id = request_id


class CapError(StudioError):
    """A purchase that would go over a cap of `show.yaml`. Nothing was sent."""


class WaitingError(NinjaError):
    """What a run must not go on with before a person has said so. Nothing was sent, and what was made is kept."""


class LedgerError(NinjaError):
    """The ledger cannot be read, moved to this version or changed as asked."""


class CutOffError(LedgerError):
    """A step of a purchase that was cut off: its database went away in its middle, or its lease ran out meanwhile.

    Who makes all of it once more, from its claim on, is told by the ledger how far it came.
    """

    retryable = True
