"""The parts of a page that change while it is open, and the marks of their content.

A page that follows a run says which parts it has, and is sent those that it has not. What is around the parts is the
page's shell: where that has changed too, the page is sent whole. Templates mark a part by `data-part="its name"`; what
a person wrote is escaped, so that no text looks like a tag.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Self

HEADER: Final = "desk-parts"  # of a request: the parts that a page has, as `name=mark` and commas; its shell is `*`
_SHELL: Final = "*"
_BEGINS: Final = re.compile(r'<(?P<tag>[a-z]+)\b[^<>]*? data-part="(?P<name>[^"]+)"')
_TAG: Final = "<(?P<end>/?){tag}\\b"
_OF_A_MOMENT: Final = re.compile(r' data-(version|live)="[^"]*"')  # what the pulse says, too


@dataclass(frozen=True)
class Parted:
    """A page in its parts, by name. `between`: what stands before each of them, and after the last."""

    parts: Mapping[str, str]
    between: Sequence[str]

    @classmethod
    def of(cls, page: str) -> Self:
        """A page as it was rendered."""
        parts: dict[str, str] = {}
        between: list[str] = []
        at = 0
        while found := _BEGINS.search(page, at):
            end = _end(page, found.start(), found["tag"])
            between.append(page[at : found.start()])
            parts[found["name"]] = page[found.start() : end]
            at = end
        return cls(parts, [*between, page[at:]])

    @property
    def shell(self) -> str:
        """The mark of all that is in no part."""
        return _mark(_OF_A_MOMENT.sub("", "".join([*self.between, *self.parts])))

    @property
    def marked(self) -> str:
        """The whole page, each part of which bears its mark, and the body that of the shell."""
        marked = [_marked(name, part) for name, part in self.parts.items()]
        page = "".join(chain.from_iterable(zip(self.between, [*marked, ""], strict=True)))
        return page.replace("<body", f'<body data-shell="{self.shell}"', 1)

    def since(self, has: str) -> dict[str, Any]:
        """What a page is sent that has what its header says: the parts that are others, or the whole page."""
        known = dict(each.split("=", 1) for each in has.split(",") if "=" in each)
        if known.pop(_SHELL, "") != self.shell or {*known} != {*self.parts}:
            return {"page": self.marked}
        return {"parts": {name: _marked(name, part) for name, part in self.parts.items() if known[name] != _mark(part)}}


def _end(page: str, start: int, tag: str) -> int:
    """Where the element ends that begins here."""
    depth = 0
    for found in re.compile(_TAG.format(tag=tag)).finditer(page, start):
        depth += -1 if found["end"] else 1
        if depth == 0:
            return page.index(">", found.start()) + 1
    raise ValueError(f"an element {tag} of a page is not closed")


def _mark(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _marked(name: str, part: str) -> str:
    said = f' data-part="{name}"'
    return part.replace(said, f'{said} data-content="{_mark(part)}"', 1)
