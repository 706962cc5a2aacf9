"""A stage on which an episode was bought in draft, and what a test does with it."""

import json
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner, Result

from ninja_assets.cli.app import app
from ninja_assets.runs.produced import Production
from resources.core.names import Mode
from resources.models.loading import load_script, load_show
from resources.purchasing.books import open_ledger
from resources.purchasing.episode_quote import EpisodeQuote, quote_episode
from resources.purchasing.ledger import Entry, Ledger
from resources.purchasing.state.consent import Offer
from tests.providers.client import Providers
from tests.stage import Stage

TWO_TURNS = """\
    NINJA: One two three, here we go.
    GLITCH: Four five six, I can count.
    """


@dataclass(frozen=True)
class Shop:
    """A stage on which `demo` was bought in draft."""

    stage: Stage
    providers: Providers
    offered: Offer  # what the person was asked about
    made: Production

    def quote(self, mode: Mode, episode: str = "demo") -> EpisodeQuote:
        settings = self.stage.settings(mode)
        show = load_show(settings.show)
        return quote_episode(settings, show, load_script(settings.show, show, episode))

    def ledger(self) -> Ledger:
        settings = self.stage.settings()
        return open_ledger(settings, load_show(settings.show))

    def entries(self) -> list[Entry]:
        with self.ledger() as ledger:
            return ledger.rows()

    def asked(self) -> dict[str, int]:
        """How many requests of each kind the providers had."""
        return {step: count for step, count in self.providers.report().requests.items() if step != "control"}

    def ninja(self, *arguments: str) -> Result:
        environment = {"NINJA_SHOW": str(self.stage.show), "NINJA_OUTPUT": str(self.stage.output)}
        return CliRunner().invoke(app, list(arguments), env=environment)

    def json(self, *arguments: str) -> Any:
        done = self.ninja(*arguments, "--json")
        assert done.exit_code == 0, done.output
        [line] = done.stdout.splitlines()
        return json.loads(line)
