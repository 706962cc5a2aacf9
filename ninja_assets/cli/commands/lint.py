"""`ninja lint`: what would waste money or spoil a clip, with its place, its mend and where the rule comes from."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from ninja_assets.cli.output import print_json
from ninja_assets.cli.tables import result_console
from resources.core.settings import Settings
from resources.models.loading import load_script, load_show
from resources.quality.lint import Finding, Severity, lint_script

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


def run(settings: Settings, episode: str, *, as_json: bool) -> int:
    """Print the findings, errors first; returns 1 if there is an error."""
    show = load_show(settings.show)
    findings = lint_script(show, load_script(settings.show, show, episode), settings.show)
    counts = {severity: sum(found.severity is severity for found in findings) for severity in Severity}
    if as_json:
        result = {
            "episode": episode,
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "findings": [asdict(found) for found in findings],
        }
        print_json(result)
    else:
        console = result_console()
        show_findings(console, findings)
        told = ", ".join(f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items())
        console.print(f"{episode}: {told}")
    return int(counts[Severity.ERROR] > 0)


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Each finding with its place, rule, mend and source."""
    for found in findings:
        style = _STYLES[found.severity]
        console.print(Text.assemble(f"{found.where}: ", (found.severity.value, style), f": {found.message}"))
        console.print(Text(f"  mend: {found.mend}"))
        console.print(Text(f"  rule: {found.rule} ({found.source})", style="dim"))
