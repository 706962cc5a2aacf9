"""`ninja explain`: more of a finding, by its code; without one, all that there are."""

from dataclasses import asdict

from rich.text import Text

from ninja_assets.cli.money_tables import result_console
from ninja_assets.cli.output import print_json
from resources.core.errors import ContentError
from resources.core.text.diagnostics import nearest
from resources.quality.lint.table import RULES, Ground


def run(code: str | None, *, as_json: bool) -> int:
    """Print a rule, or a line of each. Raises ContentError for a code that does not exist."""
    if code is not None and code not in RULES:
        raise ContentError(
            f"there is no finding {code!r}",
            hint=f"{nearest(code, RULES)}`ninja explain` lists all",
            code="argument-unknown",
        )
    chosen = list(RULES.values()) if code is None else [RULES[code]]
    if as_json:
        print_json({"findings": [asdict(rule) for rule in chosen]})
        return 0
    console = result_console()
    if code is not None:
        rule = RULES[code]
        console.print(Text.assemble((rule.id, "bold"), f" ({rule.severity}): {rule.about}"))
        if rule.more:
            console.print(Text(rule.more))
        console.print(Text(f"source: {rule.source}", style="dim"))
        if rule.of_taste:
            how = f"a show changes it in prompts.yaml: lint: {{severity: {{{rule.id}: warning}}}} (error, warning, off)"
            console.print(Text(how, style="dim"))
        return 0
    for ground in Ground:
        console.print(Text(f"\n{ground}", style="bold"))
        for rule in chosen:
            if rule.ground is ground:
                console.print(Text(f"  {rule.id}  {rule.about}", overflow="ellipsis", no_wrap=True))
    return 0
