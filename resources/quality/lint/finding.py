"""Rules and findings. Every rule is listed here with where it comes from; what it looks for is in the other modules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from resources.core.diagnostics import nearest
from resources.core.errors import ContentError
from resources.models.prompts.book import Book


class Severity(StrEnum):
    """Whether a finding stops a purchase or only shows."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One thing that the linter knows. `source`: a section of `docs/sources`, the catalogue, or what was measured."""

    id: str
    severity: Severity
    source: str
    about: str


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken. `where` is `file:line` or a request's name."""

    rule: str
    severity: Severity
    where: str
    message: str
    mend: str
    source: str

    def __str__(self) -> str:
        return (
            f"{self.where}: {self.severity}: {self.message} [{self.rule}]\n  mend: {self.mend}\n  source: {self.source}"
        )


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_MISTAKES = "docs/sources/avatars.md#mistakes, docs/sources/video.md#mistakes"
_LISTENER = "docs/sources/avatars.md#listener"
_AVATAR = "docs/sources/endpoints.md#avatar-v2"
RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("contradiction", _WARNING, _MISTAKES, "two wishes exclude each other"),
        Rule("motion-described", _ERROR, "docs/sources/video.md#motion-control", "motion control is told the motion"),
        Rule(
            "process-described", _WARNING, "docs/sources/video.md#what-not-how", "an edit says the way, not the result"
        ),
        Rule("mouth-open", _ERROR, _LISTENER, "a listener's prompt does not close the mouth"),
        Rule("mouth-not-excluded", _WARNING, _LISTENER, "a listener's negative prompt allows talking"),
        Rule("prompt-long", _WARNING, "docs/sources/video.md#prompt-length", "a prompt has too many words"),
        Rule("prompt-short", _WARNING, "docs/sources/video.md#validation", "a prompt says too little"),
        Rule("prompt-stuffed", _WARNING, "docs/sources/avatars.md#mistakes", "a prompt wants too many things"),
        Rule("vague", _WARNING, _MISTAKES, "a word says nothing to a model"),
        Rule("hands", _WARNING, "docs/sources/avatars.md#hands", "hands are asked for, which come out distorted"),
        Rule(
            "form-contradicted",
            _WARNING,
            "docs/sources/video.md#first-frame, docs/sources/endpoints.md#avatar-v2",
            "prompt and picture differ in form",
        ),
        Rule("camera-unknown", _WARNING, "docs/sources/video.md#camera", "a camera word is not in the vocabulary"),
        Rule("reference-unused", _WARNING, "docs/sources/avatars.md#omni-reference", "a reference is not named"),
        Rule("ending-missing", _WARNING, "docs/sources/avatars.md#ending", "no line holds the last frame"),
        Rule("setting-unknown", _ERROR, "the catalogue: fal's schema", "the model does not have a setting"),
        Rule("setting-refused", _ERROR, "the catalogue: fal's schema", "the model does not take a value"),
        Rule(
            "setting-ignored",
            _WARNING,
            "docs/sources/endpoints.md#avatar-v2, docs/sources/elevenlabs.md#v3; the catalogue",
            "a setting has no effect",
        ),
        Rule("model-unknown", _ERROR, "the catalogue", "a model does not exist or cannot do this"),
        Rule("mask-omnihuman", _WARNING, "docs/sources/avatars.md#comparison", "OmniHuman puts a mouth on a mask"),
        Rule("turn-long", _WARNING, "the catalogue: length of sound", "a turn is longer than its model takes"),
        Rule("file-unfit", _ERROR, "the catalogue: limits of files", "a file is outside a model's limits"),
        Rule("image-unreadable", _ERROR, "measured", "a picture cannot be read"),
        Rule(
            "image-small",
            _ERROR,
            "docs/sources/avatars.md#sound-and-picture",
            "too few pixels are left in the pane's shape",
        ),
        Rule("image-cropped", _WARNING, _AVATAR, "the pane cuts much off a picture"),
        Rule("image-transparent", _WARNING, _AVATAR, "a picture is see-through"),
        Rule(
            "subject-small",
            _WARNING,
            "docs/sources/avatars.md#sound-and-picture, docs/sources/video.md#pictures",
            "the figure is small",
        ),
    )
}


@dataclass
class Report:
    """Collects findings as severe as the show wants them; a rule that is off finds nothing."""

    book: Book
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        for rule in self.book.lint.severity:
            if rule not in RULES:
                raise ContentError(
                    f"lint.severity: there is no rule {rule!r}",
                    where="prompts.yaml",
                    mend=f"{nearest(rule, RULES)}rules: {', '.join(RULES)}",
                )

    def add(self, rule: str, where: str, message: str, mend: str) -> None:
        """Note a finding, once."""
        wished = self.book.lint.severity.get(rule, RULES[rule].severity.value)
        if wished == "off":
            return
        finding = Finding(rule, Severity(wished), where, message, mend, RULES[rule].source)
        if finding not in self.findings:
            self.findings.append(finding)

    def take(self, findings: Iterable[Finding]) -> None:
        """Add the findings of another report, each once."""
        self.findings += [finding for finding in findings if finding not in self.findings]
