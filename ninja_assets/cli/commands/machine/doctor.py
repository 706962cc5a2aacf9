"""`ninja doctor`: what a run needs, and how to mend what is missing."""

import os
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from rich.markup import escape

from ninja_assets.cli.money_tables import result_console
from ninja_assets.desk.guard import HOSTS, Names
from ninja_assets.desk.ports import HOOKS_PORT, hooks_port
from ninja_assets.runs.doctor.diagnosis import examine
from ninja_assets.runs.doctor.doctor_finding import Finding, Health
from resources.core.errors import ContentError
from resources.core.settings import Settings

_MARKS = {Health.GOOD: "[green]✓[/]", Health.NOTE: "[yellow]·[/]", Health.BAD: "[bold red]✗[/]"}


def run(settings: Settings) -> int:
    """Print each finding as it is made; returns 1 when something a rehearsal needs is missing."""
    console = result_console()
    bad = 0
    for finding in chain(examine(settings), of_the_pages(os.environ)):
        bad += finding.health is Health.BAD
        console.print(f"{_MARKS[finding.health]} [bold]{escape(finding.name)}[/]  {escape(finding.detail)}")
        if finding.hint:
            console.print(f"    {escape(finding.hint)}", style="cyan")
    console.print("\nready" if not bad else f"\n{bad} to mend")
    return 1 if bad else 0


def of_the_pages(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Settings that no run reads, and that `ninja ui` refuses; silent where they are well."""
    read: dict[str, Callable[[], object]] = {
        HOSTS: lambda: Names.of("127.0.0.1", 3000, environment),
        HOOKS_PORT: lambda: hooks_port(environment),
    }
    for name, look in read.items():
        try:
            look()
        except ContentError as error:
            yield Finding(name=name, health=Health.BAD, detail=error.what, hint=error.hint or "")
