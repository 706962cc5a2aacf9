"""Tables of money keep their names and their amounts whole, however narrow the terminal is."""

from io import StringIO

import pytest
from rich.console import Console

from ninja_assets.cli.money_tables import money_table

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
