"""Prompts by the owner's frameworks: each function takes what a person decided and returns the text that is sent.

Nothing is judged here (that is `quality.lint`).
Scenes of several shots, voices or references are `scene`; how a character speaks and listens is `performance`.
"""

import re
from collections.abc import Mapping, Sequence

from resources.core.errors import ContentError
from resources.core.text.diagnostics import nearest
from resources.models.prompts.book import Book, Template

_ENDS = ("!", "?", "…", '"', "”")


def sentences(*parts: str | None) -> str:
    """Parts as sentences: each with a capital and one full stop, empty ones left out."""
    written = [part.strip().rstrip(".").strip() for part in parts if part and part.strip(" .")]
    return " ".join(f"{part[0].upper()}{part[1:]}{'' if part.endswith(_ENDS) else '.'}" for part in written)


def scam(*, subject: str, camera: str | None = None, action: str | None = None, mood: str | None = None) -> str:
    """Subject, Camera, Action, Mood: the framing is fixed before anything moves (docs/sources/video.md#order)."""
    return sentences(subject, camera, action, mood)


def avatar(template: Template, *, own: Template | None = None) -> str:
    """The category's components, or the turn's own where it has one (docs/sources/avatars.md#four-components)."""
    chosen = template if own is None else template.model_copy(update=own.model_dump(exclude_none=True))
    return sentences(chosen.subject, chosen.expression, chosen.movement, chosen.style)


def first_frame(book: Book, *, picture: str, motion: str, style: str | None = None) -> str:
    """What the picture shows, then what changes; a contradiction makes it morph (docs/sources/video.md#first-frame)."""
    return sentences(picture, motion, style or book.defaults.first_frame_style)


def motion_context(book: Book, *, identity: str, scene: str | None = None, style: str | None = None) -> str:
    """Who, where, which style; nothing of the motion, which the video says (docs/sources/video.md#motion-control)."""
    return sentences(identity, scene, style, book.defaults.motion_consistency)


def edit_result(book: Book, *, result: str, keep: Sequence[str] = ()) -> str:
    """An edit prompt (docs/sources/video.md#what-not-how): the finished picture, then what stays as it was."""
    kept = (
        f"{_listed(keep)} remain{'s' if len(keep) == 1 else ''} unchanged, {book.defaults.edit_keep}" if keep else None
    )
    return sentences(result, kept)


def camera(book: Book, wish: str | None) -> str | None:
    """Camera words from a wish like `low_angle, dolly in, 85mm`: known names become their words, others stay."""
    if not wish:
        return None
    terms = book.camera.terms()
    parts = [part.strip() for part in wish.split(",") if part.strip()]
    return ", ".join(terms[_key(part)].words if _key(part) in terms else part for part in parts) or None


def unknown_camera_words(book: Book, wish: str) -> tuple[str, ...]:
    """The parts of a camera wish that the vocabulary does not have."""
    return tuple(part.strip() for part in wish.split(",") if part.strip() and _key(part) not in book.camera.terms())


def _key(part: str) -> str:
    return re.sub(r"[\s-]+", "_", part.strip().casefold()).replace("'", "")


def word_of(known: Mapping[str, str], wish: str | None) -> str | None:
    """A mood's or style's words by its name; a person's own words stay."""
    return None if not wish else known.get(_key(wish), wish)


def negative(
    book: Book, style: str | None = None, *, motion: Sequence[str] = (), extra: Sequence[str] = (), prompt: str = ""
) -> str:
    """A negative prompt: the shot's own terms first, then the style's, the motion's, and those for all; each once.

    A term that `prompt` asks for is left out: it would win over the prompt. Raises ContentError for an unknown list.
    """
    lists = [extra, _list(book.negative.styles, style, "style") if style else ()]
    lists += [_list(book.negative.motion, name, "motion") for name in motion]
    asked = prompt.casefold()
    terms = dict.fromkeys(term.strip() for terms in (*lists, book.negative.universal) for term in terms if term.strip())
    return ", ".join(term for term in terms if not re.search(rf"\b{re.escape(term.casefold())}\b", asked))


def _list(lists: Mapping[str, Sequence[str]], name: str, kind: str) -> Sequence[str]:
    if name not in lists:
        raise ContentError(
            f"there is no negative prompt for the {kind} {name!r}",
            hint=f"{nearest(name, lists)}known: {', '.join(lists)}",
        )
    return lists[name]


def recipe(book: Book, name: str, subject: str) -> str:
    """A ready prompt (docs/sources/video.md#recipes) about `subject`. Raises ContentError for an unknown recipe."""
    return sentences(book.recipe(name).prompt.replace("{subject}", subject.strip().rstrip(".")))


def _listed(things: Sequence[str]) -> str:
    return " and ".join([", ".join(things[:-1]), things[-1]] if len(things) > 1 else things)
