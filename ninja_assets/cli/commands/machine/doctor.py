"""`ninja doctor`: what a run needs, and how to mend what is missing."""

from rich.markup import escape

from ninja_assets.cli.money_tables import result_console
from ninja_assets.runs.doctor.diagnosis import examine
from ninja_assets.runs.doctor.doctor_finding import Health
from resources.core.settings import Settings

_MARKS = {Health.GOOD: "[green]✓[/]", Health.NOTE: "[yellow]·[/]", Health.BAD: "[bold red]✗[/]"}


def run(settings: Settings) -> int:
    """Print each finding as it is made; returns 1 when something a rehearsal needs is missing."""
    console = result_console()
    bad = 0
    for finding in examine(settings):
        bad += finding.health is Health.BAD
        console.print(f"{_MARKS[finding.health]} [bold]{escape(finding.name)}[/]  {escape(finding.detail)}")
        if finding.hint:
            console.print(f"    {escape(finding.hint)}", style="cyan")
    console.print("\nready" if not bad else f"\n{bad} to mend")
    return 1 if bad else 0
