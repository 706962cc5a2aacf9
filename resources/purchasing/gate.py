"""The linter before money: what it found in an episode, and the refusal to spend while it finds errors.

So is a shot whose model has no price: it is refused before the first voice is bought. The rules are
`quality.lint`. Every way into a paid mode comes through here: a quote, `ninja produce`, the asset `script`.
"""

from collections.abc import Sequence

from resources.content.segments import Script
from resources.content.show import Show
from resources.core.diagnostics import shown_path
from resources.core.errors import ContentError
from resources.core.names import episode_file
from resources.core.settings import Settings
from resources.models.prices import open_prices
from resources.models.prompts.book import load_book
from resources.purchasing.requests.shot_requests import drafted
from resources.quality.lint import Finding, Severity, lint_script


def warnings_of(settings: Settings, show: Show, script: Script) -> list[Finding]:
    """The linter's warnings in an episode. Raises ContentError if there are errors and the mode of `settings` is paid.

    A rehearsal costs nothing: it shows how an episode looks whatever the linter says.
    """
    findings = lint_script(show, script, settings.show)
    if settings.mode.paid:
        refuse_errors(findings, script.episode)
        refuse_unpriced(settings, script)
    return [finding for finding in findings if finding.severity is Severity.WARNING]


def refuse_unpriced(settings: Settings, script: Script) -> None:
    """Raise ContentError, with the lines to add, for the first shot whose model has no price."""
    if not script.shots:
        return
    prices, book = open_prices(settings), load_book(settings.show)
    for placed in script.shots:
        made = drafted(placed.shot, settings.mode, script.format, {}, book)
        try:
            prices.price(made.endpoint.id, made.endpoint.variant(made.arguments))
        except ContentError as error:
            error.where = f"{shown_path(episode_file(settings.show, script.episode))}:{placed.line}"
            raise


def refuse_errors(findings: Sequence[Finding], episode: str) -> None:
    """Raise one ContentError that tells every error, if there is any. A single one keeps its parts."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return
    first = errors[0]
    if len(errors) == 1:
        raise ContentError(
            f"{first.message} [{first.rule}]",
            where=first.where,
            why=f"nothing is bought before it is mended ({first.source})",
            mend=first.mend,
        )
    told = "\n".join(f"{found.where}: {found.message} [{found.rule}]; {found.mend}" for found in errors)
    raise ContentError(
        f"{len(errors)} errors of the linter: nothing is bought before they are mended\n{told}",
        where=first.where,
        mend=f"ninja lint {episode}",
    )
