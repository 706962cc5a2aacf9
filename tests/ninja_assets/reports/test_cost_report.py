"""The ledger as tables: what is left out of one is said, with the command that shows all."""

import pytest

from ninja_assets.reports import cost_report
from resources.purchasing.accounts.spending import CostGroup, Costs
from resources.purchasing.ledger import Grouping


def costs(groups: int) -> Costs:
    names = [f"e{number:03}/s01" for number in range(groups)]
    return Costs(by=Grouping.SEGMENT, groups=[CostGroup(name=name, requests=1, spent_usd=0.5) for name in names])


def test_a_table_that_leaves_rows_out_says_how_many_and_how_to_see_all() -> None:
    table = cost_report._table(costs(203))
    assert ("e002/s01" in table, "e003/s01" in table, "e202/s01" in table) == (False, True, True)
    assert "| 203 |" in " ".join(table.split())  # the sum is of all
    assert "Without the first 3 of 203, which are in the sum. All of them: `ninja costs --by segment`" in table


@pytest.mark.parametrize("groups", [0, 1, 200])
def test_a_table_that_has_all_rows_says_nothing_of_others(groups: int) -> None:
    assert "All of them" not in cost_report._table(costs(groups))
