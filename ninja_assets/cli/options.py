"""What commands share: their arguments and options, how what was given is read, and how it is refused."""

import re
from typing import Annotated, Final

import typer

from ninja_assets.cli.output import JSON_OPTION
from resources.core.errors import ContentError
from resources.core.names import Mode
from resources.core.settings import Settings, parse_mode
from resources.core.text.diagnostics import GROUPED

Episode = Annotated[str, typer.Argument(help="the episode's name, such as 2026-11-20: its script is episodes/NAME.md")]
ModeOption = Annotated[str | None, typer.Option("--mode", "-m", help="rehearsal, draft or final [NINJA_MODE]")]
JsonOption = Annotated[bool, typer.Option(JSON_OPTION, help="print one JSON object as the last line of stdout")]


MOST: Final = 2**31 - 1  # a number of a row, in any database


def number(written: str) -> float:
    """A number of an option, from 0 on, as a person reads it: what a program reads as another one is none."""
    if GROUPED.fullmatch(written.strip()):
        plain = written.replace("_", "")
        raise typer.BadParameter(f"{written} may be read as two numbers; write {plain}, if that is meant")
    try:
        found = float(written)
    except ValueError as error:
        raise typer.BadParameter(f"{written!r} is not a number.") from error
    if not 0 <= found <= MOST:
        raise typer.BadParameter(f"{written} is not in the range 0<=x<={MOST}.")
    return found


_SUCH_AS: Final = {
    "--segments": "s03",
    "--compare": "s03",
    "--offer": "3f9a2c1d, as `ninja approve` lists it",
    "--retake-of": "voice",
    "--models": "v2/standard,v2/pro",
}


def mode_of(mode: str | None) -> Mode | None:
    """The mode of the command line; None where none was given."""
    return None if mode is None else parse_mode(mode, where="--mode")


def settings_of(mode: str | None) -> Settings:
    """The environment's settings, with the mode of the command line where one was given."""
    settings = Settings.from_environment()
    return settings if mode is None else settings.in_mode(parse_mode(mode, where="--mode"))


def names_in(text: str | None, option: str) -> list[str]:
    """The names of a list with commas; none where the option is not given. Raises ContentError for an empty list."""
    names = [part.strip() for part in (text or "").split(",") if part.strip()]
    if text is not None and not names:
        raise ContentError(
            f"{option} names nothing",
            why="an empty list does not mean everything",
            hint=f"name one, such as {option} {_SUCH_AS[option]}",
            code="argument-empty",
        )
    return names


# A validator's words, and what is said instead.
_PLAINLY: Final = {
    "Input should be greater than or equal to": "it must be at least",
    "Input should be less than or equal to": "it must be at most",
    "Input should be a valid integer.*": "it is no whole number",
    "Input should be a valid number.*": "it is no number",
    "Input should be a valid boolean.*": "it is neither true nor false",
    "Value error, ": "",
}


def what_was_wrong(error: typer.TyperException) -> ContentError | None:
    """A command or an option that is not there, in the project's words; None where its help was shown instead."""
    context = getattr(error, "ctx", None)
    message = getattr(error, "format_message", error.__str__)()
    if type(error).__name__ == "NoArgsIsHelpError":
        return None
    for validators, ours in _PLAINLY.items():
        message = re.sub(validators, ours, message)
    hint = f"{context.command_path if context else 'ninja'} --help"
    return ContentError(message, hint=hint, code="argument-unknown")
