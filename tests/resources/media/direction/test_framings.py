from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from resources.media.direction.framings import Shot, beneath

CUTS = st.lists(st.integers(1, 299), unique=True, max_size=8).map(lambda found: [0, *sorted(found), 300])
HIDDEN = st.lists(st.tuples(st.integers(0, 299), st.integers(1, 120)), max_size=3).map(
    lambda found: [(begins, min(300, begins + length)) for begins, length in found]
)


@given(CUTS, HIDDEN)
def test_nothing_changes_while_something_else_fills_the_picture(cuts: list[int], hidden: list[tuple[int, int]]) -> None:
    shots = [Shot(layout=str(number), first=first, end=end) for number, (first, end) in enumerate(pairwise(cuts))]
    left = beneath(shots, hidden)
    assert [left[0].first, *(shot.end for shot in left)] == [*(shot.first for shot in left), 300]
    assert all(shot.frames > 0 for shot in left)
    assert not any(begins < shot.first < ends for shot in left for begins, ends in hidden)
    for shot in shots:  # what is seen is as it was planned
        for frame in range(shot.first, shot.end):
            if not any(begins <= frame < ends for begins, ends in hidden):
                assert next(each.layout for each in left if each.first <= frame < each.end) == shot.layout
