"""Tables of money keep their names and their amounts whole, however narrow the terminal is."""

from io import StringIO

import pytest
from rich.console import Console

from ninja_assets.cli.money_tables import lines_kept, money_table

NAMES = ("Avatar v2 Standard", "KÄTHE-DIE-GROSSE")


@pytest.mark.parametrize("width", [40, 50, 80, 120])
def test_no_name_and_no_amount_is_cut_or_broken(width: int) -> None:
    table = money_table("Day one", ["who"], ["seconds", "voice", "speaker", "listener", "total"])
    for name in NAMES:
        table.add_row(name, "~18.2", "[cyan]$0.01[/]", "$12.34", "$0.21", "$12.56")
    table.add_section()
    out = StringIO()
    Console(file=out, width=width).print(table)
    shown = out.getvalue()
    assert all(shown.count(each) >= 1 for each in (*NAMES, "~18.2", "$12.34", "$12.56", "listener"))
    assert max(map(len, shown.splitlines())) <= width
    assert "[cyan]" not in shown


@pytest.mark.parametrize("terminal", [True, False])
def test_a_line_of_words_is_broken_at_a_terminal_alone(terminal: bool) -> None:
    words, out = "show.yaml:24: error: " + "somebody has no picture " * 5, StringIO()
    lines_kept(Console(file=out, width=40, force_terminal=terminal, color_system=None)).print(words)
    assert (words in out.getvalue()) is not terminal


@pytest.mark.parametrize("width", [40, 80])
def test_a_table_off_a_terminal_is_as_wide_as_one_at_it(width: int) -> None:
    shown = []
    for terminal in (True, False):
        table, out = money_table("Day one", ["who"], ["seconds", "voice", "speaker", "listener", "total"]), StringIO()
        table.add_row(NAMES[1], "~18.2", "$0.01", "$12.34", "$0.21", "$12.56")
        lines_kept(Console(file=out, width=width, force_terminal=terminal, color_system=None)).print(table)
        shown.append([line.rstrip() for line in out.getvalue().splitlines()])
    assert shown[0] == shown[1]
