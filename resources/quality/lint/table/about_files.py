"""Rows of the table: files that are not what they should be. What reads them gives their mistakes these codes."""

from typing import Final

from resources.quality.lint.table.rule import ERROR, Ground, Rule

FILES: Final = (
    Rule(
        "file-unreadable",
        ERROR,
        "measured",
        "a file cannot be read",
        Ground.FILES,
        "Text is read from regular files only, and no more of it than a text can have: a pipe would be waited for, and "
        "a device such as /dev/zero has no end.",
    ),
    Rule(
        "show-wrong",
        ERROR,
        "docs/show-yaml.md",
        "a setting of show.yaml is unknown, missing or wrong",
        Ground.FILES,
        "All settings, with what they may be, are in docs/show-yaml.md. Every mistake of the file is told at once.",
    ),
    Rule(
        "episode-wrong",
        ERROR,
        "docs/episode-file.md",
        "an episode file is not written as one",
        Ground.FILES,
        "The form of an episode file is in docs/episode-file.md. Every mistake of the file is told at once.",
    ),
    Rule(
        "prompts-wrong",
        ERROR,
        "resources/models/prompts/prompts.yaml",
        "a setting of prompts.yaml is unknown or wrong",
        Ground.FILES,
        "A show's prompts.yaml has the form of the one that ships, and only what differs from it.",
    ),
    Rule(
        "prices-wrong",
        ERROR,
        "resources/models/prices/prices.toml",
        "a price file is not one",
        Ground.FILES,
        "A misspelt key would leave a price at its default, and a purchase would be estimated wrongly. The form of a "
        "price is that of the list that ships.",
    ),
    Rule(
        "colour-unquoted",
        ERROR,
        "YAML 1.2, comments",
        "what follows a # was taken for a comment",
        Ground.FILES,
        "YAML reads ` #` as the beginning of a comment, so an unquoted colour is no value at all. Write it in quotes.",
    ),
    Rule(
        "owner-unfit",
        ERROR,
        "Dagster: owners of assets",
        "an owner is neither an e-mail address nor a team",
        Ground.FILES,
        "Dagster refuses every other owner, and with it the whole graph.",
    ),
    Rule(
        "font-unreadable",
        ERROR,
        "measured",
        "the font of captions is no font",
        Ground.FILES,
        "It is opened and measured as captions do, before anything is bought for the frames that it would stop.",
    ),
    Rule("refused", ERROR, "the message itself", "something else that stops a run before it begins", Ground.FILES),
)
