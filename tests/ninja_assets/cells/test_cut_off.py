"""What is cut off is done once more, some times and no more; what fails otherwise is not."""

import pytest

from ninja_assets.cells.cut_off import once_more
from resources.core.errors import CutOffError, LedgerError


class Doing:
    """Something that raises these in turn, and then is done."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def test_what_is_cut_off_is_done_once_more() -> None:
    doing = Doing(CutOffError("away"), CutOffError("away"))
    assert (once_more(doing), doing.times) == ("done", 3)


def test_what_is_cut_off_again_and_again_is_told() -> None:
    doing = Doing(*(CutOffError(f"away {number}") for number in range(9)))
    with pytest.raises(CutOffError, match="away 2"):
        once_more(doing)


def test_what_fails_otherwise_is_not_done_again() -> None:
    doing = Doing(LedgerError("no"))
    with pytest.raises(LedgerError):
        once_more(doing)
    assert doing.times == 1
