"""Text that cannot be drawn: asked of the very fonts that draw it, and of the plates that it stands on.

Every place where an episode's text is drawn is listed here; which letters there are, `media.typography` alone knows.
"""

import re
import unicodedata
from collections.abc import Iterator

from resources.content.fixes import HIDDEN
from resources.content.segments import Script, Turn
from resources.core.text.diagnostics import shorten
from resources.media.typography import emoji_art
from resources.media.typography.caption_styles import style
from resources.media.typography.fonts import undrawable
from resources.quality.lint.linted_episode import Episode

_OWN_PLATE = ("the role", "the bug")  # of names and titles that are blank, the show's own rule tells
_YOUNG = "it is younger than the drawings of the project"
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\t"


def check_drawn(episode: Episode) -> None:
    """Every text of an episode that is drawn: words, names, roles, titles, chapters, the bug, the storyboard."""
    for turn in episode.script.turns:
        episode.report.segment = turn.segment
        if why := undrawable(turn.spoken):
            where = episode.at_words(turn, lambda line: undrawable(line) is not None)
            _refuse(where, f"the words {shorten(turn.spoken)}", why, episode)
        _emoji(turn, episode)
        if turn.chapter:
            _text(episode.at_turn(turn), "the chapter", turn.chapter, episode)
    for placed in episode.script.shots:
        episode.report.segment = placed.segment
        if placed.in_cut:
            _text(episode.at_line(placed.line), "the words", placed.text, episode)
    episode.report.segment = ""
    for where, what, text in _plates(episode):
        if any(sign in text for sign in _BREAKS):
            episode.report.add(
                "name-broken", where, f"{what} {shorten(text)} has a line break", "write it on one line, without `\\n`"
            )
        elif what in _OWN_PLATE and not text.strip():
            episode.report.add(
                "name-blank", where, f"{what} is blank", "write what stands on its plate, or leave it out"
            )
        else:
            _text(where, what, text, episode)


def _text(where: str, what: str, text: str, episode: Episode) -> None:
    if hidden := HIDDEN.search(text):
        sign = f"U+{ord(hidden[0]):04X} ({unicodedata.name(hidden[0], 'a private character').lower()})"
        episode.report.add("sign-hidden", where, f"{sign} is in {what} {shorten(text)}", "delete it")
    elif why := undrawable(text):
        _refuse(where, f"{what} {shorten(text)}", why, episode)
    else:
        _, before, after = emoji_art.parted(text)
        for sign in dict.fromkeys(sign for sign in (*before, *after) if not emoji_art.drawable(sign)):
            _unseen(where, sign, f"no plate, so not in {what} {shorten(text)}: {_YOUNG}", episode)


def _emoji(turn: Turn, episode: Episode) -> None:
    """The emoji of a turn that captions have no drawing of."""
    captions = style(episode.show.look.captions.style)
    if captions is None or not captions.emoji:
        return
    for sign in dict.fromkeys(sign for _, sign in turn.emoji or () if not emoji_art.drawable(sign)):
        where = episode.at_words(turn, re.compile(re.escape(sign)).search)
        _unseen(where, sign, f"no captions: {_YOUNG}", episode)


def _unseen(where: str, sign: str, why: str, episode: Episode) -> None:
    code = " ".join(f"U+{ord(part):04X}" for part in sign)
    episode.report.add("emoji-unseen", where, f"{sign} ({code}) is shown in {why}", "leave it out, or use another one")


def seen_in(script: Script) -> list[str]:
    """The labels of those who are seen in a script, speakers and listeners."""
    return list(dict.fromkeys(label for turn in script.turns for label in (turn.speaker, *turn.listeners)))


def _plates(episode: Episode) -> Iterator[tuple[str, str, str]]:
    """Each text of a plate: where it is written, what it is, and the text itself."""
    show, titles = episode.show, episode.show.look.titles
    yield episode.at_line(1), "the title", episode.script.title
    for label in seen_in(episode.script):
        yield episode.at_setting("characters", label, "name"), "the name", show.characters[label].name
        if titles.lower_third_seconds and (role := titles.roles.get(label)):
            yield episode.at_setting("look", "titles", "roles", label), "the role", role
    if titles.bug:
        yield episode.at_setting("look", "titles", "bug"), "the bug", titles.bug
    if titles.card_seconds:
        yield episode.at_setting("title"), "the show's title", show.title


def _refuse(where: str, what: str, why: str, episode: Episode) -> None:
    episode.report.add(
        "text-undrawable",
        where,
        f"{what} cannot be drawn",
        "write it in letters that the fonts have, and one script a turn",
        why,
    )
