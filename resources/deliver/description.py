"""The words of a bundle: chapters, the description with its AI disclosure, the checklist."""

import unicodedata
from collections.abc import Sequence

from resources.core.values import Value
from resources.deliver.platform_limits import Advice

OPENING = "Intro"  # players show chapters only when the first starts at 0:00


class Chapter(Value):
    """A chapter and where it starts, in seconds of the cut."""

    start: float
    name: str


def chapters(headings: Sequence[tuple[float, str | None]]) -> tuple[Chapter, ...]:
    """Chapters of a cut from each segment's start and the heading that it opens; none where the script has none."""
    found = [Chapter(start=start, name=name) for start, name in headings if name]
    if found and found[0].start > 0:
        return (Chapter(start=0.0, name=OPENING), *found)
    return tuple(found)


def description(
    text: str, *, chapters: Sequence[Chapter], disclosure: str, tags: Sequence[str], credit: str = ""
) -> str:
    """The description: the show's own text, chapters, the AI disclosure, credits, and up to three hashtags."""
    listed = "\n".join(f"{clock(chapter.start)} {chapter.name}" for chapter in chapters)
    hashtags = " ".join(f"#{name}" for name in [name for name in map(_hashtag, tags) if name][:3])
    return "\n\n".join(part for part in (text.strip(), listed, disclosure.strip(), credit, hashtags) if part) + "\n"


def _hashtag(tag: str) -> str:
    """What platforms read of a tag: digits, and letters with the marks that write vowels in many scripts."""
    return "".join(letter for letter in tag if letter == "_" or unicodedata.category(letter)[0] in "LMN")


def checklist(advice: Sequence[Advice], *, title: str, facts: Sequence[tuple[str, str]]) -> str:
    """The checklist as Markdown: what was measured, then errors, then warnings, then what only a person can do."""
    lines = [f"# {title}", "", *(f"- {name}: {value}" for name, value in facts), ""]
    for level, heading in (("error", "## To mend before uploading"), ("warning", "## Worth a look")):
        entries = [f"- [ ] {each.platform}: {each.message}" for each in advice if each.level == level]
        lines += [heading, "", *(entries or ["- [x] nothing"]), ""]
    lines += [
        "## By hand",
        "",
        "- [ ] choose one of the thumbnails",
        "- [ ] switch on the platform's own switch for altered or synthetic content",
        "- [ ] upload captions.srt (or .vtt) as the captions of the language that is spoken",
        "",
    ]
    return "\n".join(lines)


def clock(seconds: float) -> str:
    """A time as descriptions have it: 0:00, 12:34, 1:02:03."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
