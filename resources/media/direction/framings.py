"""What a director decides: a turn as a row of shots, each a framing that is held, or slowly pushed in on, for its time.

Values alone. How they are chosen is `plan`'s business, what they look like `layouts`', drawing them `composite`'s.
"""

from collections.abc import Iterable, Sequence

from resources.core.values import Value


class Shot(Value):
    """A framing of a turn from frame `first` up to frame `end`: a layout, and how near its main face comes.

    `zoom` is at its first and at its last frame, beyond what fills the pane: 1 shows all that the pane has room for.
    """

    layout: str
    first: int
    end: int
    zoom: tuple[float, float] = (1.0, 1.0)
    why: str = ""

    @property
    def frames(self) -> int:
        """How many frames it lasts."""
        return self.end - self.first

    def described(self, fps: int) -> str:
        """The shot in words, for a person: when, what, how near, why."""
        near = "" if self.zoom == (1.0, 1.0) else f" x{self.zoom[0]:.2f} to {self.zoom[1]:.2f}"
        return f"{self.first / fps:.2f} s {self.layout}{near}{f': {self.why}' if self.why else ''}"


def beneath(shots: Sequence[Shot], hidden: Iterable[tuple[int, int]]) -> tuple[Shot, ...]:
    """Shots without the changes that nobody sees, while something else fills the picture from one frame up to another.

    What is beneath stays until then, and captions stay where they stand.
    """
    kept, spans = list(shots), list[tuple[int, int]]()
    for begins, ends in sorted(hidden):
        first, last = spans.pop() if spans and begins < spans[-1][1] else (begins, ends)
        spans.append((first, max(last, ends)))
    for begins, ends in spans:
        inside = [shot for shot in kept if begins < shot.first < ends]
        if not inside:
            continue
        until = min(ends, inside[-1].end)
        kept = [
            shot.model_copy(update={"end": until}) if shot.end == inside[0].first else shot
            for shot in kept
            if shot not in inside
        ]
        if inside[-1].end > ends:
            kept.append(inside[-1].model_copy(update={"first": ends}))
        kept.sort(key=lambda shot: shot.first)
    return tuple(kept)
