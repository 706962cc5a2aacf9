"""The question before a purchase: who is asked, and how. What is bought and for how much is the caller's to show."""

from rich.console import Console
from rich.prompt import Confirm

from resources.core.names import Mode
from resources.purchasing.requests.quotes import usd


def must_ask(mode: Mode, *, yes: bool, terminal: bool) -> bool:
    """Whether a person is asked before clips are bought. Without a terminal nobody is there: the caps decide."""
    return mode is Mode.FINAL and terminal and not yes


def agreed(console: Console, amount_usd: float) -> bool:
    """Ask a person at a terminal, unless it costs nothing. No answer (Ctrl-D) is a no."""
    if amount_usd == 0:
        return True
    try:
        return Confirm.ask(f"Buy for {usd(amount_usd)}?", console=console, default=False)
    except EOFError:
        console.print()
        return False
