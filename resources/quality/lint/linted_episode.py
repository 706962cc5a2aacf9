"""What the rules of an episode share: show and script, where everything stands, and each file measured once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resources.content.segments import Script, Turn
from resources.content.show import Show
from resources.core.errors import ContentError
from resources.core.names import SHOW_FILE, Mode, episode_file
from resources.core.text.diagnostics import shown_path
from resources.core.text.located_yaml import Marked
from resources.models.prices import PriceList
from resources.quality.lint import picture_rules
from resources.quality.lint.finding import Report, findings_of
from resources.quality.lint.picture_rules import Picture


@dataclass
class Looked:
    """The files that were looked at: pictures as they were measured, portraits prepared, and music.

    `faces`: faces are looked for, too.
    """

    faces: bool = False
    pictures: dict[Path, Picture | None] = field(default_factory=dict)
    prepared: set[Path] = field(default_factory=set)
    music: set[Path] = field(default_factory=set)


@dataclass
class Episode:
    """An episode under the linter: `script` has the segments that are judged, `whole` all of it.

    `modes` are the paid ones that it is judged for.

    `said` has each turn's lines as they are written, by the line of its label; empty where the file is not known.
    """

    show: Show
    script: Script
    whole: Script
    folder: Path
    report: Report
    marks: Marked
    modes: Collection[Mode]
    prices: PriceList
    said: Mapping[int, Sequence[str]] = field(default_factory=dict)
    looked: Looked = field(default_factory=Looked)

    @property
    def buys(self) -> bool:
        """Whether anything is bought for it in any of the modes."""
        return bool(self.modes)

    def at_turn(self, turn: Turn) -> str:
        """Where a turn's label stands."""
        return self.at_line(turn.line)

    def at_line(self, line: int) -> str:
        """A line of the episode file."""
        return f"{shown_path(episode_file(self.folder, self.script.episode))}:{line}"

    def at_words(self, turn: Turn, has: Callable[[str], object]) -> str:
        """The first line of a turn's words of which `has` is true; else its label's."""
        lines = self.said.get(turn.line, ())
        return self.at_line(turn.line + next((number for number, line in enumerate(lines) if has(line)), 0))

    def at_setting(self, *place: str) -> str:
        """Where a setting of show.yaml stands, or what is around it."""
        return f"{shown_path(self.folder / SHOW_FILE)}:{self.marks.line(place)}"

    def written(self, *place: str) -> bool:
        """Whether a person gave this setting; an empty value is none."""
        value: Any = self.marks.value
        for part in place:
            value = value.get(part) if isinstance(value, dict) else None
        return value is not None

    def picture(self, path: Path, where: str) -> Picture | None:
        """A picture, measured once; None, and a finding, for one that cannot be read."""
        pictures = self.looked.pictures
        if path not in pictures:
            try:
                pictures[path] = picture_rules.measure(path, where)
            except ContentError as error:
                self.report.take(findings_of(error, "image-unreadable"))
                pictures[path] = None
        return pictures[path]
