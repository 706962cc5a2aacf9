"""What docs/json.md says that each command's object has."""

import re

from resources.core.settings import ROOT

_ROW = re.compile(r"^\| `(ninja [^`]+)` \| (.+) \|$", re.MULTILINE)


def documented() -> dict[str, set[str]]:
    """The keys of each command's object, beside `schema`, which all have. Keys of an inner object are left out."""
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    return {
        command: set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", keys))) for command, keys in _ROW.findall(page)
    }
