"""How money is shown in a terminal: aligned tables that fit 80 columns, on stdout."""

from rich import box
from rich.console import Console
from rich.table import Table


def money_table(title: str, names: list[str], amounts: list[str]) -> Table:
    """An empty table: `names` are columns of text, `amounts` columns of numbers."""
    table = Table(title=title, title_style="bold", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for name in amounts:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def result_console() -> Console:
    """A console on stdout, for what a command was asked for."""
    return Console(highlight=False)
