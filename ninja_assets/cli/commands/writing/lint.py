"""`ninja lint`: what would waste money or spoil a clip, with its place, its mend and where the rule comes from."""

import os
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from resources.core.settings import Settings
from resources.models.loading import load_show, load_written
from resources.purchasing.gate import judge
from resources.quality.lint import Finding, Severity

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


def run(settings: Settings, episode: str, *, as_json: bool, environment: Mapping[str, str] = os.environ) -> int:
    """Print what the gate finds for the mode of `settings`, errors first; returns 1 if there is an error.

    In a rehearsal an error is what a paid mode would refuse, but for keys and addresses.
    """
    show = load_show(settings.show)
    findings = judge(
        settings, show, load_written(settings.show, show, episode), environment=environment, faces=True
    ).findings
    counts = {severity: sum(found.severity is severity for found in findings) for severity in Severity}
    if as_json:
        result = {
            "episode": episode,
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "findings": [found.as_json() for found in findings],
        }
        print_json(result)
    else:
        console = result_console()
        show_findings(console, findings)
        summary = ", ".join(f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items())
        console.print(f"{episode}: {summary}")
    return int(counts[Severity.ERROR] > 0)


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Each finding with its place, why, mend, code and source."""
    for found in findings:
        style = _STYLES[found.severity]
        console.print(Text.assemble(f"{found.where}: ", (found.severity.value, style), f": {found.message}"))
        if found.why:
            console.print(Text(f"  why: {found.why}"))
        console.print(Text(f"  mend: {found.hint}"))
        console.print(Text(f"  more: ninja explain {found.rule} ({found.source})", style="dim"))
