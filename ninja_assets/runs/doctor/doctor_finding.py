"""What the doctor says of one thing that it looked at."""

from enum import StrEnum

from pydantic import BaseModel


class Health(StrEnum):
    """How a finding stands."""

    GOOD = "good"
    NOTE = "note"  # nothing a rehearsal needs
    BAD = "bad"


class Finding(BaseModel):
    """One thing that was looked at."""

    name: str
    health: Health
    detail: str
    hint: str = ""
