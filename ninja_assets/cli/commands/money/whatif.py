"""`ninja what-if`: an episode's seconds under every speaker model and every listener plan."""

from rich.markup import escape

from ninja_assets.cli.money_tables import money_table, result_console
from ninja_assets.cli.output import print_json
from resources.content.segments import Script
from resources.content.show import ListenerPlan
from resources.core.names import Mode
from resources.core.settings import Settings
from resources.models.loading import load_script, load_show
from resources.models.prices.price_values import usd
from resources.purchasing.other_models import Row, WhatIf, obstacles, what_if_of


def run(settings: Settings, episode: str, *, mode: Mode | None, as_json: bool) -> int:
    """Print the table; nothing is sent."""
    show = load_show(settings.show)
    script = load_script(settings.show, show, episode)
    found = what_if_of(settings, show, script, mode)
    if as_json:
        print_json(_facts(episode, found))
    else:
        _show(script, found)
    return 0


def _show(script: Script, found: WhatIf) -> None:
    console = result_console()
    title = escape(f"{script.title} · {script.episode} · {_length(found)} s")
    table = money_table(title, ["speaker"], ["alone", *(f"+ {plan.replace('_', ' ')}" for plan in ListenerPlan)])
    by_name: dict[str, list[Row]] = {}
    for row in found.rows:
        by_name.setdefault(row.speaker.name, []).append(row)
    for name, rows in by_name.items():
        style = "bold" if rows[0].speaker.endpoint.id == found.speaker else ""
        alone = _amount(rows[0].speaker_usd, False)
        table.add_row(name, alone, *(_amount(row.total_usd, bool(row.note)) for row in rows), style=style)
    console.print(table)
    for obstacle in obstacles(found):
        console.print(f"* {escape(obstacle)}", style="yellow")
    console.print(f"listeners by {found.listener}; {_how_sure(found)}; without reuse", style="dim")


def _amount(amount: float | None, hindered: bool) -> str:
    return "refused*" if amount is None else usd(amount) + ("*" if hindered else "")


def _length(found: WhatIf) -> str:
    exact = len(found.measured) == len(found.turns)
    return f"{'' if exact else '~'}{sum(turn.seconds for turn in found.turns):.1f}"


def _how_sure(found: WhatIf) -> str:
    guessed = [turn.segment for turn in found.turns if not turn.exact]
    if not guessed:
        return "seconds of the bought voices"
    which = "all" if not found.measured else ", ".join(guessed)
    return f"~ seconds estimated from the words: {which}"


def _facts(episode: str, found: WhatIf) -> dict[str, object]:
    return {
        "episode": episode,
        "listener": found.listener,
        "segments": [{"segment": turn.segment, "seconds": turn.seconds, "exact": turn.exact} for turn in found.turns],
        "rows": [
            {
                "speaker": row.speaker.endpoint.id,
                "resolution": row.speaker.resolution or None,
                "plan": row.plan.value,
                "speaker_usd": row.speaker_usd,
                "listener_usd": row.listener_usd,
                "total_usd": row.total_usd,
                "note": row.note,
            }
            for row in found.rows
        ],
    }
