"""`ninja quote`: what an episode would cost now, for one mode in detail or for all three side by side."""

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ninja_assets.cli.commands.writing.lint import show_findings
from ninja_assets.cli.money_tables import lines_kept, money_table, result_console
from ninja_assets.cli.output import print_json
from resources.content.script import WrittenScript
from resources.content.segments import Script
from resources.content.show import Show
from resources.core.errors import NinjaError
from resources.core.names import Mode, span
from resources.core.settings import Settings
from resources.models.loading import load_show, load_written
from resources.models.prices.price_values import usd
from resources.purchasing.episode_quote import EpisodeQuote, QuotedSegment, quote_episode
from resources.purchasing.gate import judge


def run(settings: Settings, episode: str, *, mode: Mode | None, as_json: bool) -> int:
    """Print the quote; nothing is sent. With one mode, raises what a run of it would refuse; else, if none can run."""
    show = load_show(settings.show)
    written = load_written(settings.show, show, episode)
    script, console = written.script, result_console()
    chosen = settings if mode is None else settings.in_mode(mode)
    show_findings(
        lines_kept(Console(stderr=True, highlight=False)), judge(chosen, show, written, quoted=False).findings
    )
    if mode is not None:
        quote = _quote(chosen, show, written)
        if as_json:
            print_json(quote)
        else:
            show_quote(console, script, quote)
        return 0
    quotes, refused = _every_mode(settings, show, written)
    if not quotes:
        raise refused[Mode.REHEARSAL]
    if as_json:
        print_json(_facts(episode, quotes, refused))
    else:
        _show_modes(console, script, quotes, refused)
    return 0


def show_quote(console: Console, script: Script, quote: EpisodeQuote) -> None:
    """A quote of one mode: each segment by what it buys, then notes and warnings."""
    title = f"{script.title} · {quote.episode} · {quote.mode}"
    shown = ["voice", "speaker", "listener", *(["shot"] if script.shots else [])]
    table = money_table(escape(title), ["", "who"], ["seconds", *shown, "total"])
    for one in quote.segments:
        parts = [usd(getattr(one, f"{part}_usd")) for part in shown]
        total = f"[cyan]{usd(one.total_usd)}[/]" if one.reused else usd(one.total_usd)
        table.add_row(one.segment, one.speaker, _seconds(one), *parts, total)
    table.add_section()
    sums = [sum(getattr(one, f"{part}_usd") for one in quote.segments) for part in shown]
    table.add_row("all", "", _length(quote), *map(usd, sums), usd(quote.total_usd), style="bold")
    console.print(table)
    if quote.mode.paid:
        for note, segments in _notes(quote).items():
            console.print(f"{span(segments)}  {escape(note)}", style="dim")
    _say_how_sure(console, quote)
    _warn(console, quote)


def _quote(settings: Settings, show: Show, written: WrittenScript) -> EpisodeQuote:
    judge(settings, show, written, quoted=False).refuse()
    return quote_episode(settings, show, written.script)


def _every_mode(
    settings: Settings, show: Show, written: WrittenScript
) -> tuple[dict[Mode, EpisodeQuote], dict[Mode, NinjaError]]:
    quotes: dict[Mode, EpisodeQuote] = {}
    refused: dict[Mode, NinjaError] = {}
    for mode in Mode:
        try:
            quotes[mode] = _quote(settings.in_mode(mode), show, written)
        except NinjaError as error:  # a show may be set up for one paid mode only
            refused[mode] = error
    return quotes, refused


def _show_modes(
    console: Console, script: Script, quotes: Mapping[Mode, EpisodeQuote], refused: Mapping[Mode, NinjaError]
) -> None:
    table = _modes_table(script, quotes)
    console.print(table)
    best = max(quotes.values(), key=lambda quote: quote.mode.paid)
    _say_how_sure(console, best)
    for quote in quotes.values():
        _warn(console, quote)
    for mode, error in refused.items():
        console.print(f"{mode} is refused: {escape(_why(error))}", style="yellow")
    console.print(f"in detail: ninja quote {script.episode} --mode {max(quotes, key=list(Mode).index)}", style="dim")


def _why(error: NinjaError) -> str:
    """Why a mode has no quote: of several findings their number and the command that shows them."""
    if not error.parts:
        return str(error)
    return f"{error.what.splitlines()[0]}\n  mend: {error.hint}"


def _modes_table(script: Script, quotes: Mapping[Mode, EpisodeQuote]) -> Table:
    table = money_table(escape(f"{script.title} · {script.episode}"), ["", "who"], ["seconds", *quotes])
    best = max(quotes.values(), key=lambda quote: quote.mode.paid)
    for index, one in enumerate(best.segments):
        totals = [usd(quote.segments[index].total_usd) for quote in quotes.values()]
        table.add_row(one.segment, one.speaker, _seconds(one), *totals)
    table.add_section()
    table.add_row("all", "", _length(best), *(usd(quote.total_usd) for quote in quotes.values()), style="bold")
    return table


def _notes(quote: EpisodeQuote) -> dict[str, list[str]]:
    """Each note with the segments that it is said of."""
    notes: dict[str, list[str]] = {}
    for one in quote.segments:
        for note in one.notes:
            notes.setdefault(note, []).append(one.segment)
    return notes


def _say_how_sure(console: Console, quote: EpisodeQuote) -> None:
    if quote.price_date is None:
        console.print("a rehearsal is made offline and costs nothing")
        return
    how = "exact: by the bought voices" if quote.exact else "~ estimate: from the text until the voice is bought"
    saved = f"; reuse saves {usd(quote.saved_usd)}" if quote.saved_usd else ""
    console.print(f"{how}; prices of {quote.price_date}{saved}")


def _warn(console: Console, quote: EpisodeQuote) -> None:
    for warning in quote.warnings:
        console.print(f"[bold yellow]over a cap[/] in {quote.mode}: {escape(warning)}")


def _seconds(one: QuotedSegment) -> str:
    if not one.seconds:
        return "–"  # a shot that has no time of its own in the cut
    return f"{'' if one.exact else '~'}{one.seconds:.1f}"


def _length(quote: EpisodeQuote) -> str:
    exact = all(one.exact for one in quote.segments)
    return f"{'' if exact else '~'}{sum(one.seconds for one in quote.segments):.1f}"


def _facts(episode: str, quotes: Mapping[Mode, EpisodeQuote], refused: Mapping[Mode, NinjaError]) -> dict[str, object]:
    return {
        "episode": episode,
        "modes": {mode.value: quote.model_dump(mode="json") for mode, quote in quotes.items()},
        "refused": {mode.value: str(error) for mode, error in refused.items()},
    }
