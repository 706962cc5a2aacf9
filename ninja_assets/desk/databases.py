"""Makes the databases of a new Dagster home: `python -m ninja_assets.desk.databases`, before anything else opens it.

Three processes that open a new home at once would each make them, and break them. Why it cannot is all that it writes
to stdout: what Dagster and its storage say meanwhile goes to stderr.
"""

import sys

from ninja_assets.runs.home import dagster_instance
from resources.core.errors import NinjaError

if __name__ == "__main__":
    try:
        dagster_instance().dispose()
    except NinjaError as error:
        sys.stdout.write(f"{error}\n")
        sys.exit(1)
