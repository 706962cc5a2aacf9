"""`ninja schema`: the JSON schema of a file that a person writes, for an editor that completes and checks."""

import json
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

from resources.content.script import FrontMatter
from resources.content.show import Show

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class File(StrEnum):
    """What a person writes."""

    SHOW = "show"
    EPISODE = "episode"


_MODELS: Final[Mapping[File, tuple[type[BaseModel], str]]] = {
    File.SHOW: (Show, "show.yaml"),
    File.EPISODE: (FrontMatter, "an episode's front matter"),
}


def run(file: File) -> int:
    """Print the schema, and nothing else."""
    model, title = _MODELS[file]
    sys.stdout.write(json.dumps({"$schema": _DIALECT, **model.model_json_schema(), "title": title}, indent=2) + "\n")
    return 0
