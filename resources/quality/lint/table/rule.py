"""What a rule is: its code, how severe it is, where it comes from, and whether a show may change that."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """Whether a finding stops a purchase or only shows."""

    ERROR = "error"
    WARNING = "warning"


class Ground(StrEnum):
    """What a finding is about, in the order of the docs."""

    FILES = "files"
    WORDS = "words and names"
    PICTURES = "pictures"
    SOUND = "sound"
    CAST = "cast, models and prices"
    PROMPTS = "prompts"
    MONEY = "caps"
    ACCESS = "keys and addresses"  # of providers: nothing that a rehearsal needs
    PLACES = "this machine"
    ARGUMENTS = "arguments"


@dataclass(frozen=True)
class Rule:
    """One thing that is known before money. `source`: a section of `docs/sources`, the catalogue, or what was measured.

    `more` is what a person reads who asks for more. Only rules of taste may be changed by a show's `prompts.yaml`.
    """

    id: str
    severity: Severity
    source: str
    about: str
    ground: Ground
    more: str = ""

    @property
    def of_taste(self) -> bool:
        """Whether a show may say how severe it is: what is a fact, nobody can."""
        return self.id not in _FACTS and self.ground not in _OF_FACTS

    @property
    def stops_rehearsals(self) -> bool:
        """Whether not even a rehearsal can be made with it: it would end at the cut, its pictures drawn."""
        return self.ground is Ground.PLACES or self.id in _STOPS_ALL


_OF_FACTS = frozenset({Ground.FILES, Ground.SOUND, Ground.MONEY, Ground.ACCESS, Ground.PLACES, Ground.ARGUMENTS})
_FACTS = frozenset(
    {
        "image-huge",
        "language-unknown",
        "models-missing",
        "name-blank",
        "name-broken",
        "picture-missing",
        "price-missing",
        "text-undrawable",
        "voice-missing",
        "voice-setting",
    }
)
# What every mode opens, puppets or not.
_STOPS_ALL = frozenset({"font-unreadable", "sound-silent", "sound-unreadable", "text-undrawable"})
ERROR: Final = Severity.ERROR
WARNING: Final = Severity.WARNING
