"""The commands and their options. What each does is in the module of its name."""

from typing import Annotated

import typer

from resources.settings import Settings, parse_mode

app = typer.Typer(
    name="ninja",
    help="Make avatar shows: rehearse for $0, then buy each clip once.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Episode = Annotated[str, typer.Argument(help="the episode's name, such as 2026-11-20: its script is episodes/NAME.md")]
ModeOption = Annotated[str | None, typer.Option("--mode", "-m", help="rehearsal, draft or final [NINJA_MODE]")]
JsonOption = Annotated[bool, typer.Option("--json", help="print one JSON object as the last line of stdout")]


def settings_of(mode: str | None) -> Settings:
    """The environment's settings, with the mode of the command line where one was given."""
    settings = Settings.from_environment()
    return settings if mode is None else settings.in_mode(parse_mode(mode, where="--mode"))


@app.command()
def produce(
    episode: Episode,
    mode: ModeOption = None,
    segments: Annotated[
        str, typer.Option("--segments", "-s", help="only these, such as s03,s05 (then the cut is joined again)")
    ] = "",
    retake: Annotated[
        bool, typer.Option("--retake", help="make them anew; in draft and final this pays again")
    ] = False,
    retake_of: Annotated[
        str, typer.Option("--retake-of", help="what to make anew: voice, speaker, listener")
    ] = "voice,speaker,listener",
    as_json: JsonOption = False,
) -> None:
    """Make an episode, or make some of its segments again."""
    from ninja_assets.cli.produce import run  # noqa: PLC0415  (the Dagster import waits until it is needed)

    status = run(
        settings_of(mode),
        episode,
        segments=[part.strip() for part in segments.split(",") if part.strip()],
        retake=retake,
        retake_of=[part.strip() for part in retake_of.split(",") if part.strip()],
        as_json=as_json,
    )
    raise typer.Exit(status)


@app.command()
def doctor() -> None:
    """Check what a run needs, and say how to mend it."""
    from ninja_assets.cli.doctor import run  # noqa: PLC0415

    raise typer.Exit(run(settings_of(None)))
