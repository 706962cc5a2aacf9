"""What all pages share."""

from resources.deliver.page_templates import lit, pages
from resources.media.typography.colours import told_apart


def test_a_colour_as_dark_as_a_page_is_seen_on_it() -> None:
    shown = pages().from_string('<p style="--color:{{ color | lit }}">').render(color="#0a0a12")
    assert told_apart(lit("#0a0a12"), "#141835")
    assert shown == f'<p style="--color:{lit("#0a0a12")}">'
    assert lit("#22d3ee") == "#22d3ee"
