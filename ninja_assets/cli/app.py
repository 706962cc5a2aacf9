"""The commands and their options. What each does is in the module of its name."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from ninja_assets.cli import Stop
from ninja_assets.cli.groups import ledger_app, prices_app
from ninja_assets.cli.options import MOST, Episode, JsonOption, ModeOption, mode_of, names_in, number, settings_of
from ninja_assets.cli.output import Voice, speak
from resources.core.errors import ContentError
from resources.core.names import check_episode, in_order
from resources.core.text.json_log import logs_json
from resources.core.values import PERFORMANCE
from resources.models.endpoints.endpoint import Kind
from resources.purchasing.ledger import Grouping

app = typer.Typer(
    name="ninja",
    help="Make avatar shows: rehearse for $0, then buy each clip once.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

app.add_typer(ledger_app, name="ledger")
app.add_typer(prices_app, name="prices")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  (it brings the parsers of e-mail along)

        sys.stdout.write(f"ninja-assets {version('ninja-assets')}\n")
        raise typer.Exit


@app.callback()
def main(
    show_version: Annotated[  # noqa: ARG001  (the callback answers)
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="say which version this is")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="results, questions and errors only")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="also what is done behind the scenes")] = False,
) -> None:
    """Make avatar shows: rehearse for $0, then buy each clip once."""
    speak(Voice.QUIET if quiet else Voice.VERBOSE if verbose else Voice.PLAIN)
    if verbose:
        if not logs_json():  # else every line would be there twice, once as text
            logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
        logging.getLogger("ninja").setLevel(logging.DEBUG)


@app.command()
def produce(
    episode: Episode,
    mode: ModeOption = None,
    segments: Annotated[
        str | None, typer.Option("--segments", "-s", help="only these, such as s03,s05 (then the cut is joined again)")
    ] = None,
    retake: Annotated[
        bool, typer.Option("--retake", help="make them anew; in draft and final this pays again")
    ] = False,
    retake_of: Annotated[
        str | None, typer.Option("--retake-of", help="with --retake, what alone: voice, speaker, listener, shot")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="buy without asking; the caps of show.yaml still decide")
    ] = False,
    to: Annotated[Stop | None, typer.Option("--to", help="voice: stop when there is something to listen to")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make an episode, or make some of its segments again. The price of the clips is asked for as show.yaml says."""
    from ninja_assets.cli.commands.making.produce import run  # noqa: PLC0415  (the Dagster import waits until it is needed)
    from resources.purchasing.requests.takes import parse_parts  # noqa: PLC0415

    parts, chosen, names = names_in(retake_of, "--retake-of"), mode_of(mode), names_in(segments, "--segments")
    if parts and not retake:
        parse_parts(parts, where="--retake-of")  # what is named next works as it is typed
        at, only = f" --mode {chosen}" if chosen else "", f" --segments {','.join(in_order(names))}" if names else ""
        raise ContentError(
            "--retake-of says what --retake makes anew, and --retake is not given",
            hint=f"ninja produce {check_episode(episode)}{at}{only} --retake --retake-of {','.join(parts)}",
            code="argument-unknown",
        )
    status = run(
        settings_of(mode),
        episode,
        segments=names,
        retake=retake,
        retake_of=parts or [part.value for part in PERFORMANCE],
        to=to,
        yes=yes,
        as_json=as_json,
    )
    raise typer.Exit(status)


@app.command()
def approve(
    episode: Annotated[
        str | None, typer.Argument(help="the episode's name; without it, all that waits is listed")
    ] = None,
    mode: ModeOption = None,
    segments: Annotated[
        str | None, typer.Option("--segments", "-s", help="accept the voices of these as they are, such as s03,s05")
    ] = None,
    compared: Annotated[
        str | None, typer.Option("--compare", help="approve a comparison of models by this segment, such as s03")
    ] = None,
    offer: Annotated[
        str | None, typer.Option("--offer", help="approve this price alone, as the list names it; no later one")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="whatever the clips of accepted voices cost")] = False,
    as_json: JsonOption = False,
) -> None:
    """Approve the price that an episode or a comparison waits for, or a voice, and go on; or list all that waits."""
    from ninja_assets.cli.commands.making.approve import run, show  # noqa: PLC0415

    names = names_in(segments, "--segments")
    names_in(compared, "--compare")
    names_in(offer, "--offer")
    chosen = mode_of(mode)
    if names and (compared or offer):
        other = "--compare" if compared else "--offer"
        raise ContentError(f"--segments and {other} are two approvals", hint="name one of them")
    if episode is None:
        if names or compared or offer or mode or yes:
            raise ContentError("no episode is named", hint="ninja approve lists all that waits")
        raise typer.Exit(show(settings_of(None), as_json=as_json))
    settings = settings_of(None)
    status = run(
        settings,
        episode,
        mode=chosen,
        segments=names,
        compared=compared,
        mark=offer and offer.strip(),
        yes=yes,
        as_json=as_json,
    )
    raise typer.Exit(status)


@app.command()
def decline(
    episode: Episode,
    mode: ModeOption = None,
    segments: Annotated[
        str | None, typer.Option("--segments", "-s", help="let the voices of these go, such as s03,s05; and no price")
    ] = None,
    compared: Annotated[
        str | None, typer.Option("--compare", help="decline a comparison of models by this segment, such as s03")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Decline the price that an episode or a comparison waits for, or a voice: nothing is bought, the next asks anew.

    Where nothing waits, a yes that no run has bought by yet is taken back.
    """
    from ninja_assets.cli.commands.making.decline import run  # noqa: PLC0415

    names = names_in(segments, "--segments")
    names_in(compared, "--compare")
    if names and compared:
        raise ContentError("--segments and --compare are two answers", hint="name one of them")
    chosen = mode_of(mode)
    status = run(settings_of(None), episode, mode=chosen, segments=names, compared=compared, as_json=as_json)
    raise typer.Exit(status)


@app.command(name="compare")
def compare_models(
    episode: Episode,
    segment: Annotated[str, typer.Option("--segment", "-s", help="the segment, such as s03")],
    models: Annotated[str, typer.Option("--models", help="two or more, by id or a part of it: v2/standard,v2/pro")],
    mode: ModeOption = None,
    cap: Annotated[
        float | None,
        typer.Option("--cap", parser=number, metavar="NUMBER", help="the most to spend, in USD; beside the caps"),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="final: buy without asking; the caps of show.yaml still decide")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make one segment by several speaker models, and compare what they made. What was bought before is reused."""
    from ninja_assets.cli.commands.making.compare import run  # noqa: PLC0415

    chosen = names_in(models, "--models")
    status = run(settings_of(mode), episode, segment=segment, models=chosen, cap_usd=cap, yes=yes, as_json=as_json)
    raise typer.Exit(status)


@app.command()
def take(
    episode: Episode,
    segment: Annotated[str | None, typer.Argument(help="the segment, such as s03")] = None,
    number: Annotated[
        int | None, typer.Argument(min=1, max=MOST, help="the take to use, by its number in the list")
    ] = None,
    mode: ModeOption = None,
    source: Annotated[
        str | None,
        typer.Option("--from", help="have the takes of this episode, of which it is a copy"),
    ] = None,
) -> None:
    """List the takes of a segment; with a number, use that one again. Nothing is bought."""
    from ninja_assets.cli.commands.making.take import run, take_over  # noqa: PLC0415

    if source is not None and segment is None:
        raise typer.Exit(take_over(settings_of(mode), episode, source))
    if segment is None or source is not None:
        raise ContentError(
            "either a segment, or --from another episode",
            hint=f"ninja take {check_episode(episode)}"
            + (" s01" if source is None else f" --from {check_episode(source)}"),
            code="argument-unknown",
        )
    raise typer.Exit(run(settings_of(mode), episode, segment, number))


@app.command(name="open")
def open_folder(episode: Episode, mode: ModeOption = None, as_json: JsonOption = False) -> None:
    """Lay out an episode's folder here, from what any machine has made of it. Nothing is made or bought."""
    from ninja_assets.cli.commands.making.open import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(mode), episode, as_json=as_json))


@app.command()
def notes(
    episode: Episode,
    mode: ModeOption = None,
    write: Annotated[str | None, typer.Option("--write", "-w", help="leave this note")] = None,
    at: Annotated[
        float | None,
        typer.Option("--at", parser=number, metavar="NUMBER", help="where, in seconds of the cut; else at its start"),
    ] = None,
    done: Annotated[
        int | None, typer.Option("--done", min=1, max=MOST, help="the number of a note that has been seen to")
    ] = None,
    again: Annotated[
        int | None, typer.Option("--open", min=1, max=MOST, help="the number of a note that is open again")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List what people noted at times of a cut; leave a note, or say that one has been seen to."""
    from ninja_assets.cli.commands.making.notes import run  # noqa: PLC0415

    status = run(settings_of(mode), episode, write=write, at=at, done=done, again=again, as_json=as_json)
    raise typer.Exit(status)


@app.command()
def archive(
    episodes: Annotated[list[str], typer.Argument(metavar="EPISODE…", help="the episodes' names, such as 2026-11-20")],
    undo: Annotated[bool, typer.Option("--undo", help="take them back: they can be launched again")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put published episodes away: their cuts, receipts and purchases stay, and nothing launches them any more."""
    from ninja_assets.cli.commands.making.archive import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), episodes, undo=undo, as_json=as_json))


@app.command()
def ui(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="where to serve; 0 takes a free port")] = 3000,
    host: Annotated[
        str, typer.Option("--host", help="the address to listen on; there is no login, so loopback is best")
    ] = "127.0.0.1",
) -> None:
    """Serve the desk and Dagster's pages, until Ctrl-C. No page of another site can launch anything there."""
    from ninja_assets.cli.commands.machine.ui import run  # noqa: PLC0415

    run(settings_of(None), host, port)


@app.command()
def init(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="the folder to make, such as my-show")],
    title: Annotated[str | None, typer.Option("--title", help="what the show is called")] = None,
    identity: Annotated[str | None, typer.Option("--id", help="what tells it from other shows of a database")] = None,
    anchors: Annotated[str | None, typer.Option("--anchors", help="who speaks: Anna,Ben,Käthe")] = None,
    formats: Annotated[str | None, typer.Option("--formats", help="short,long,square; the first leads")] = None,
    language: Annotated[str | None, typer.Option("--language", help="what is spoken, such as de")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="ask nothing: defaults for what is not given")] = False,
) -> None:
    """Make a show of your own: a folder with show.yaml, a first episode and a place for keys."""
    from ninja_assets.cli.commands.writing.init import init as run  # noqa: PLC0415

    if not folder.strip():
        raise ContentError("DIR names nothing", hint="ninja init my-show", code="argument-empty")
    ask = not yes and sys.stdin.isatty()
    given = {"title": title, "identity": identity, "anchors": anchors, "formats": formats, "language": language}
    raise typer.Exit(run(Path(folder), **given, ask=ask))


@app.command()
def new(episode: Episode) -> None:
    """Make an episode's file, to be written."""
    from ninja_assets.cli.commands.writing.init import new as run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), episode))


@app.command()
def voices(as_json: JsonOption = False) -> None:
    """List who can speak in rehearsals, and in which languages."""
    from ninja_assets.cli.commands.writing.voices import run  # noqa: PLC0415

    raise typer.Exit(run(as_json=as_json))


@app.command()
def schema(
    file: Annotated[str, typer.Argument(metavar="FILE", help="show or episode: of show.yaml, or of front matter")],
) -> None:
    """Print the JSON schema of a file that you write: an editor completes and checks it by that."""
    from ninja_assets.cli.commands.writing.schema import File, run  # noqa: PLC0415

    if file not in {each.value for each in File}:
        raise ContentError(f"there is no schema of {file!r}", hint=f"use one of {', '.join(File)}")
    raise typer.Exit(run(File(file)))


@app.command()
def doctor() -> None:
    """Check what a run needs, and say how to mend it."""
    from ninja_assets.cli.commands.machine.doctor import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None)))


@app.command()
def lint(episode: Episode, mode: ModeOption = None, as_json: JsonOption = False) -> None:
    """Find what would waste money or spoil a clip; ends with 1 if there are errors, which stop draft and final."""
    from ninja_assets.cli.commands.writing.lint import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(mode), episode, as_json=as_json))


@app.command()
def explain(
    code: Annotated[str | None, typer.Argument(help="a finding's code, such as label-almost; without it, all")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say more of a finding: what it means, why it costs, how it is mended, and where the rule comes from."""
    from ninja_assets.cli.commands.writing.explain import run  # noqa: PLC0415

    raise typer.Exit(run(code, as_json=as_json))


@app.command()
def fix(
    episode: Episode,
    write: Annotated[bool, typer.Option("--write", "-w", help="write it without asking")] = False,
) -> None:
    """Rewrite what is certain in an episode file (labels that are almost labels, …); shows the difference first."""
    from ninja_assets.cli.commands.writing.fix import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), episode, write=write))


@app.command(name="what-if")
def what_if(episode: Episode, mode: ModeOption = None, as_json: JsonOption = False) -> None:
    """Say what an episode would cost with every speaker model and every way of listening; no key, no network."""
    from ninja_assets.cli.commands.money.whatif import run  # noqa: PLC0415

    chosen = mode_of(mode)
    raise typer.Exit(run(settings_of(None), episode, mode=chosen, as_json=as_json))


@app.command()
def models(
    kind: Annotated[list[Kind] | None, typer.Option("--kind", help="only these; may be given several times")] = None,
    as_json: JsonOption = False,
) -> None:
    """List every model that can be asked for: its price, its limits, what it is best for."""
    from ninja_assets.cli.commands.money.models import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), kinds=kind or (), as_json=as_json))


@app.command()
def quote(episode: Episode, mode: ModeOption = None, as_json: JsonOption = False) -> None:
    """Say what an episode would cost now; no key, no network. Without --mode: all modes side by side."""
    from ninja_assets.cli.commands.money.quote import run  # noqa: PLC0415

    chosen = mode_of(mode)
    raise typer.Exit(run(settings_of(None), episode, mode=chosen, as_json=as_json))


@app.command()
def costs(
    by: Annotated[Grouping, typer.Option("--by", help="what the sums are of")] = Grouping.EPISODE,
    as_json: JsonOption = False,
) -> None:
    """Say what was spent, what may yet be charged, and what reuse saved."""
    from ninja_assets.cli.commands.money.costs import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), by=by, as_json=as_json))


@app.command()
def reconcile(
    days: Annotated[int, typer.Option("--days", min=1, max=30, help="how many days back")] = 7,
    correct: Annotated[
        bool, typer.Option("--correct", help="where dollars differ, take the provider's into the ledger")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Hold the ledger against the providers' own lists and bills; ends with 1 when they do not agree, 2 without keys.

    A request of ours that no row knows is taken in; requests of others are only listed. It buys nothing.
    """
    from ninja_assets.cli.commands.money.reconcile import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None), days=days, correct=correct, as_json=as_json))


@app.command(name="import")
def import_clip(
    episode: Episode,
    segment: Annotated[str, typer.Argument(help="the segment, such as s03")],
    file: Annotated[Path, typer.Argument(help="the clip or recording that was paid for")],
    asset: Annotated[str, typer.Option("--asset", help="speaker_clips, listener_clips, tts_audio or shots")],
    mode: ModeOption = None,
    listener: Annotated[str | None, typer.Option("--listener", help="who listens, where several do: GLITCH")] = None,
    cost: Annotated[
        float | None,
        typer.Option("--cost", parser=number, metavar="NUMBER", help="what it cost in USD; else by the prices"),
    ] = None,
    request_id: Annotated[str | None, typer.Option("--request-id", help="the provider's id of the request")] = None,
) -> None:
    """Take a clip or voice that you already paid for: it is reused, and never bought again."""
    from ninja_assets.cli.commands.making.import_file import run  # noqa: PLC0415
    from resources.purchasing.imports import Bought  # noqa: PLC0415

    bought = Bought(path=file, cost_usd=cost, request_id=request_id)
    raise typer.Exit(run(settings_of(mode), episode, segment, asset, bought, listener=listener))
