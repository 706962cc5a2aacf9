"""A run as a program, with waits shorter than production's.

`python -m tests.paid.entry EPISODE MODE [--retake] [--deadline=MINUTES]`

It does what `ninja produce --json` does, through the same functions. Prints `ready` before the run begins, so that a
test can aim, and the production as the last line.
"""

import os
import sys

import dagster as dg

from ninja_assets.runs.home import dagster_instance
from ninja_assets.runs.production import check_order, produce
from resources.core.settings import Settings, parse_mode
from resources.providers.elevenlabs.resource import ElevenLabsResource
from resources.providers.fal.resource import FalResource

POLL_SECONDS = 0.25
DEADLINE_MINUTES = 45.0
# A request must have ended this long after it was sent: longer than any of the server's, on a busy machine too.
START_SECONDS = 60.0
WORK_SECONDS = 60.0
LOOK_SECONDS = 0.5


def main(episode: str, mode: str, *options: str) -> int:
    """Produce and print; returns the exit status."""
    settings = Settings.from_environment().in_mode(parse_mode(mode, where="the test"))
    order = check_order(settings, episode, retake="--retake" in options)
    minutes = [float(option.split("=")[1]) for option in options if option.startswith("--deadline=")]
    overrides = {
        "fal": FalResource(
            key=dg.EnvVar("FAL_KEY"),
            base_url=os.environ["FAL_BASE_URL"],
            poll_seconds=POLL_SECONDS,
            start_seconds=START_SECONDS,
            work_seconds=WORK_SECONDS,
            look_seconds=LOOK_SECONDS,
            deadline_minutes=minutes[0] if minutes else DEADLINE_MINUTES,
        ),
        "elevenlabs": ElevenLabsResource(
            api_key=dg.EnvVar("ELEVENLABS_API_KEY"),
            base_url=os.environ["ELEVENLABS_BASE_URL"],
            work_seconds=WORK_SECONDS,
            look_seconds=LOOK_SECONDS,
        ),
    }
    with dagster_instance() as instance:
        print("ready", flush=True)
        production = produce(order, instance, resource_overrides=overrides)
    print(production.model_dump_json(), flush=True)
    return 0 if production.final_video else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
