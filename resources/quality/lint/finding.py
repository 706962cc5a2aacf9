"""Rules and findings. Every rule is listed here with where it comes from; what it looks for is in the other modules.

000, 002, 003 are the owner's documents; facts are what was measured or documented of the providers.
"""

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
    """One thing that the linter knows. `source` is the owner's document or the measured fact it comes from."""

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
RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule("contradiction", _WARNING, "000, Prompt Mistakes; 003, Common Mistakes", "two wishes exclude each other"),
        Rule("motion-described", _ERROR, "002, Prompting for Motion Control", "motion control is told the motion"),
        Rule("process-described", _WARNING, '002, The "What, Not How" Rule', "an edit says the way, not the result"),
        Rule("mouth-open", _ERROR, "000, Reaction/Idle Clips", "a listener's prompt does not close the mouth"),
        Rule("mouth-not-excluded", _WARNING, "000, Reaction/Idle Clips", "a listener's negative prompt allows talking"),
        Rule("prompt-long", _WARNING, "003, Optimal Prompt Length", "a prompt has too many words"),
        Rule("prompt-short", _WARNING, "002, validatePrompt", "a prompt says too little"),
        Rule("prompt-stuffed", _WARNING, "000, Prompt Mistakes (3-5 aspects)", "a prompt wants too many things"),
        Rule("vague", _WARNING, "000, Prompt Mistakes; 003, Common Mistakes", "a word says nothing to a model"),
        Rule("hands", _WARNING, "000, Advanced Techniques (Hands)", "hands are asked for, which come out distorted"),
        Rule("form-contradicted", _WARNING, "002, The First Frame Rule; facts B1", "prompt and picture differ in form"),
        Rule("camera-unknown", _WARNING, "002, Camera Keywords Dictionary", "a camera word is not in the vocabulary"),
        Rule("reference-unused", _WARNING, "000, Prompt Structure with Labeled References", "a reference is not named"),
        Rule("ending-missing", _WARNING, "000, The Anti-Reference-Sheet-Cut Trick", "no line holds the last frame"),
        Rule("setting-unknown", _ERROR, "the catalogue: fal's schema", "the model does not have a setting"),
        Rule("setting-refused", _ERROR, "the catalogue: fal's schema", "the model does not take a value"),
        Rule("setting-ignored", _WARNING, "facts B1, C5; the catalogue", "a setting has no effect"),
        Rule("model-unknown", _ERROR, "the catalogue", "a model does not exist or cannot do this"),
        Rule("mask-omnihuman", _WARNING, "000, A/B Test Results", "OmniHuman puts a mouth on a mask"),
        Rule("turn-long", _WARNING, "the catalogue: length of sound", "a turn is longer than its model takes"),
        Rule("file-unfit", _ERROR, "the catalogue: limits of files", "a file is outside a model's limits"),
        Rule("image-unreadable", _ERROR, "measured", "a picture cannot be read"),
        Rule("image-small", _ERROR, "000, Image Requirements (512 px)", "too few pixels are left in the pane's shape"),
        Rule("image-cropped", _WARNING, "facts B1: a clip has the picture's shape", "the pane cuts much off a picture"),
        Rule("image-transparent", _WARNING, "facts B1: transparent pixels come out black", "a picture is see-through"),
        Rule("subject-small", _WARNING, "000, Image Requirements; 003 (5 % of the frame)", "the figure is small"),
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
