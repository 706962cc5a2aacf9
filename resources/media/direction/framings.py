"""What a director decides: a turn as a row of shots, each a framing that is held, or slowly pushed in on, for its time.

Values alone. How they are chosen is `plan`'s business, what they look like `layouts`', drawing them `composite`'s.
"""

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
