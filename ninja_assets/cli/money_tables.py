"""How results stand on stdout: aligned tables that fit 80 columns, row by row in a narrow one, and lines of words."""

from typing import Final

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_NARROW: Final = 60  # columns of a terminal under which a table that does not fit is written row by row


class MoneyTable(Table):
    """A table whose names stay whole: a terminal that is too narrow for its columns gets a paragraph for each row."""

    amounts_from = 0  # the first column of numbers

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table, or its rows one below the other."""
        if options.max_width >= _NARROW or self.__rich_measure__(console, options).maximum < options.max_width:
            yield from super().__rich_console__(console, options)
            return
        if self.title:
            yield Text.from_markup(f"[bold]{self.title}[/]") if isinstance(self.title, str) else self.title
        for row in zip(*(column.cells for column in self.columns), strict=True):
            texts = [Text.from_markup(cell) if isinstance(cell, str) else Text(f"{cell}") for cell in row]
            yield _folded(Text(" ").join(texts[: self.amounts_from]))
            heads = [f"{column.header}" for column in self.columns[self.amounts_from :]]
            amounts = zip(heads, texts[self.amounts_from :], strict=True)
            yield Padding(_folded(Text("  ").join(Text(f"{head} ") + amount for head, amount in amounts)), (0, 0, 0, 2))


def _folded(text: Text) -> Text:
    """Words that go on in the next line wherever they stand, and lose no letter."""
    text.no_wrap, text.overflow = False, "fold"
    return text


def money_table(title: str, names: list[str], amounts: list[str]) -> Table:
    """An empty table: `names` are columns of text, `amounts` columns of numbers."""
    table = MoneyTable(title=title, title_style="bold", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.amounts_from = len(names)
    for name in names:
        table.add_column(name, overflow="fold")
    for name in amounts:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def result_console() -> Console:
    """A console on stdout, for what a command was asked for."""
    return lines_kept(Console(highlight=False))


def lines_kept(console: Console) -> Console:
    """The console, which breaks no line of words off a terminal: programs read `FILE:LINE: error: …` by the line."""
    console.soft_wrap = not console.is_terminal
    return console
