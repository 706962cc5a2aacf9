"""The files of a new show and of a new episode, as texts from `templates`. Writing them is the caller's.

What is chosen here are defaults that a person changes in the files afterwards.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

import yaml

from resources.content.show import Format, Show
from resources.core.errors import ContentError
from resources.core.names import SHOW_FILE, SHOW_PATTERN, check_episode, is_label

ENV_FILE: Final = ".env"
_COLORS: Final = ("#22d3ee", "#ff4fd8", "#ffd166", "#7ee081", "#ff8a5b", "#b28dff")
_PUPPETS: Final = ("ninja", "glitch")
_TIMBRES: Final = (
    ("m3", 38),
    ("f5", 60),
    ("m7", 46),
    ("f2", 54),
    ("m1", 30),
    ("f4", 66),
)  # eSpeak's variant, and pitch
_NEURAL: Final = ("hibari-man", "hibari-woman")
# ISO 639-1 codes that eSpeak NG knows by another name.
_ESPEAK: Final = {"en": "en-us", "zh": "cmn", "no": "nb", "fr": "fr-fr", "pt": "pt-br"}


@dataclass(frozen=True)
class NewShow:
    """What a person chose for a new show. `anchors` are the names on the screen, in the order of the cast."""

    title: str
    id: str
    anchors: Sequence[str]
    formats: Sequence[Format]
    language: str


def show_files(new: NewShow) -> dict[str, str]:
    """The text of each file of a new show, by its path in the show's folder.

    Raises ContentError for names of which no labels can be made, and for an id that cannot be one.
    """
    if not SHOW_PATTERN.fullmatch(new.id):
        raise ContentError(
            f"{new.id!r} cannot be a show's id",
            why="an id is 1 to 40 of a-z, 0-9 and '-', and starts with a letter or a digit",
            hint="give one with the same command: --id my-show",
        )
    labels = [label_of(name) for name in new.anchors]
    if len(set(labels)) < len(labels):
        raise ContentError("two anchors have the same label", why=", ".join(labels), hint="give them different names")
    cast = zip(labels, new.anchors, strict=True)
    people = (_anchor(number, label, name, new.language) for number, (label, name) in enumerate(cast))
    show = _template("show.yaml").substitute(
        title=_quoted(new.title),
        id=new.id,
        formats=", ".join(new.formats),
        language=new.language,
        first=labels[0],
        second=labels[1 % len(labels)],
        characters="".join(people),
    )
    return {
        SHOW_FILE: show,
        "episodes/welcome.md": _episode(new.title, labels, new.language),
        "characters/.gitkeep": "",
        ENV_FILE: _template("env.txt").template,
        ".gitignore": f"{ENV_FILE}\n/.state/\n/output/\n",
    }


def new_episode(show: Show, name: str) -> str:
    """The text of a new episode file. Raises ContentError for a name that no episode can have."""
    return _episode(check_episode(name), list(show.characters), show.language)


def label_of(name: str) -> str:
    """The label that a name becomes in episode files: `Käthe` is KÄTHE, `Dr. No` is DR-NO. Raises ContentError."""
    capitals = unicodedata.normalize("NFC", name.strip()).upper()
    label = "-".join(filter(None, "".join(each if is_label(f"A{each}") else " " for each in capitals).split()))[:24]
    if not is_label(label):
        raise ContentError(
            f"no label can be made of {name!r}",
            why="a label starts with a capital letter, and some scripts have none",
            hint="name the anchor in Latin letters here, and write the name on the screen into show.yaml",
        )
    return label


@cache
def languages() -> tuple[str, ...]:
    """The languages in which a new show has first words of its own."""
    return tuple(_welcome())


def first_words(language: str) -> Sequence[str]:
    """The first words in a language, English where there are none in it."""
    return _welcome().get(language) or _welcome()["en"]


def _anchor(number: int, label: str, name: str, language: str) -> str:
    timbre, pitch = _TIMBRES[number % len(_TIMBRES)]
    return _template("anchor.yaml").substitute(
        label=label,
        name=_quoted(name),
        color=_COLORS[number % len(_COLORS)],
        puppet=_PUPPETS[number % len(_PUPPETS)],
        file=label.lower(),
        voice=_NEURAL[number % 2] if language == "en" else "espeak",
        variant=f"{_ESPEAK.get(language, language)}+{timbre}",
        rate=172 + 6 * (number % 2),
        pitch=pitch,
    )


def _episode(title: str, labels: Sequence[str], language: str) -> str:
    words = first_words(language)
    turns = [f"{labels[number % len(labels)]}: {line}\n" for number, line in enumerate(words)]
    return "\n".join([f"---\ntitle: {_quoted(title)}\n---", *turns])


@cache
def _welcome() -> dict[str, list[str]]:
    return dict(yaml.safe_load(_template("welcome.yaml").template))


def _template(name: str) -> Template:
    return Template(files("resources.content").joinpath("templates", name).read_text(encoding="utf-8"))


def _quoted(text: str) -> str:
    """A text as YAML: always in quotes, so that no text is anything else."""
    return yaml.safe_dump(" ".join(text.split()), default_style='"', allow_unicode=True, width=10_000).strip()
