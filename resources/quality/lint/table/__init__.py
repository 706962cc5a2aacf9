"""The table of findings: every code once, with how severe it is, where it comes from, and what more there is to say.

`ninja explain` and docs/findings.md are made from it. What each rule looks for is in the modules around this room, and
in the readers of files, whose mistakes have a code of this table too.
"""

from collections.abc import Mapping
from typing import Final

from resources.quality.lint.table.about_casting import CAST, MONEY
from resources.quality.lint.table.about_files import FILES
from resources.quality.lint.table.about_machine import ACCESS, ARGUMENTS, PLACES
from resources.quality.lint.table.about_pictures import PICTURES, SOUND
from resources.quality.lint.table.about_prompts import PROMPTS
from resources.quality.lint.table.about_words import WORDS
from resources.quality.lint.table.rule import Ground, Rule, Severity

__all__ = ["RULES", "Ground", "Rule", "Severity"]

RULES: Final[Mapping[str, Rule]] = {
    rule.id: rule
    for rules in (FILES, WORDS, PICTURES, SOUND, CAST, PROMPTS, MONEY, ACCESS, PLACES, ARGUMENTS)
    for rule in rules
}
