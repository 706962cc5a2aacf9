"""The prompt desk's data, typed: vocabularies, templates and word lists, shipped and overridable by a show.

`prompts.yaml` beside this module holds all of it; `prompts.yaml` beside `show.yaml` is laid over it. How prompts are
made of it is `builders`; how they are judged by it is `resources.quality.lint`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, field_validator

from resources.content.settings.fields import Strict
from resources.core.errors import ContentError
from resources.core.files import read_regular
from resources.core.text.diagnostics import Mistakes, nearest, shown_path
from resources.core.text.located_yaml import Marked, fill, read_yaml
from resources.core.text.text_files import MAX_BYTES, read_text
from resources.models.catalogue import Kind

SHIPPED = Path(__file__).with_name("prompts.yaml")
FILE = "prompts.yaml"  # beside show.yaml

Severity = Literal["error", "warning", "off"]
Words = tuple[str, ...]
ValueT = TypeVar("ValueT")


class Template(Strict):
    """The four components of an avatar prompt; any may be empty."""

    subject: str | None = None
    expression: str | None = None
    movement: str | None = None
    style: str | None = None


class Term(Strict):
    """A word of the camera's vocabulary: what goes into the prompt, what it does, what it is best for."""

    words: str = Field(min_length=1)
    effect: str | None = None
    best_for: str | None = None


class CameraBook(Strict):
    """The camera's vocabulary. A name stands in one of the four lists only."""

    movements: dict[str, Term] = Field(default_factory=dict)
    angles: dict[str, Term] = Field(default_factory=dict)
    lenses: dict[str, Term] = Field(default_factory=dict)
    focus: dict[str, Term] = Field(default_factory=dict)

    def terms(self) -> dict[str, Term]:
        """All four lists in one."""
        return self.movements | self.angles | self.lenses | self.focus


class ListenerBook(Strict):
    """What keeps a listener's mouth still."""

    mouth: str
    negative: Words


class Defaults(Strict):
    """What is added where nothing else is said."""

    first_frame_style: str
    motion_consistency: str
    edit_keep: str
    omni_ending: str


class Negatives(Strict):
    """Negative prompts: for all, for avatars, by style, by what the motion must not do."""

    universal: Words
    avatar: Words
    styles: dict[str, Words]
    motion: dict[str, Words]


class Recipe(Strict):
    """A ready prompt; `{subject}` stands for what the person describes."""

    kind: Kind
    prompt: str
    negative: Words = ()

    @field_validator("prompt")
    @classmethod
    def _has_a_subject(cls, value: str) -> str:
        if value.count("{subject}") != 1:
            raise ValueError("a recipe says {subject} once")
        return value


class LintLimits(Strict):
    """The figures that prompts and pictures are held to."""

    avatar_aspects: int = Field(ge=1)
    shortest_characters: int = Field(ge=0)
    words: dict[Kind, int]
    subject_share_percent: float = Field(ge=0, le=100)
    portrait_height_percent: float = Field(ge=0, le=100)
    face_height_percent: float = Field(ge=0, le=100)
    portrait_side: int = Field(ge=0)
    crop_percent: float = Field(ge=0, le=100)


class LintBook(Strict):
    """The linter's words and figures."""

    severity: dict[str, Severity] = Field(default_factory=dict, description="rule -> error, warning or off")
    limits: LintLimits
    mouth_closed: Words
    talking: Words
    contradictions: dict[str, tuple[Words, Words]]
    harmless: Words
    motion_words: Words
    motion_harmless: Words
    process_words: Words
    vague: dict[str, str]
    hands: Words
    hands_away: Words
    forms: dict[Literal["tall", "wide", "square"], Words]
    see_through: Words


class Book(Strict):
    """The whole of `prompts.yaml`."""

    templates: dict[str, Template]
    listener: ListenerBook
    voices: dict[str, str] = Field(description="character's name -> how it sounds to models that speak from the prompt")
    camera: CameraBook
    moods: dict[str, str]
    styles: dict[str, str]
    defaults: Defaults
    negative: Negatives
    recipes: dict[str, Recipe]
    lint: LintBook

    def template(self, name: str) -> Template:
        """A category's template. Raises ContentError that names those there are."""
        return _named(self.templates, name, "template")

    def recipe(self, name: str) -> Recipe:
        """A ready prompt. Raises ContentError that names those there are."""
        return _named(self.recipes, name, "recipe")


def load_book(show_folder: Path | None = None) -> Book:
    """The shipped book, with the show's own `prompts.yaml` over it if there is one.

    Raises ContentError that tells every mistake of the show's file with its line.
    """
    path = show_folder / FILE if show_folder else None
    if path is None or not path.exists():
        return shipped()
    mistakes = Mistakes(shown_path(path), "prompts-wrong")
    own = _read(path, mistakes)
    # The shipped data is right, so whatever does not fit stands in the show's file: its lines tell where.
    book = fill(Book, Marked(_merged(_shipped_values(), own.value), own.lines), mistakes) if own else None
    if book is None or mistakes.found:
        raise mistakes.error()
    return book


@cache
def shipped() -> Book:
    """The book as it is shipped."""
    return Book.model_validate(_shipped_values())


@cache
def _shipped_values() -> dict[str, Any]:
    mistakes = Mistakes(SHIPPED.name)
    marked = _read(SHIPPED, mistakes)
    if marked is None or mistakes.found:
        raise mistakes.error()
    return marked.value


def _read(path: Path, mistakes: Mistakes) -> Marked | None:
    try:
        content = read_regular(path, MAX_BYTES + 1)
    except OSError as error:
        raise ContentError(
            "the prompts cannot be read", where=f"{shown_path(path)}:1", why=error.strerror, code="file-unreadable"
        ) from error
    text = read_text(content, mistakes)
    return read_yaml(text, mistakes) if text is not None else None


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _named(known: Mapping[str, ValueT], name: str, kind: str) -> ValueT:
    if name in known:
        return known[name]
    raise ContentError(f"there is no {kind} {name!r}", hint=f"{nearest(name, known)}known: {', '.join(known)}")
