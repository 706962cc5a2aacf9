"""Makes the databases of a new Dagster home: `python -m ninja_assets.desk.databases`, before anything else opens it.

Three processes that open a new home at once would each make them, and break them.
"""

from ninja_assets.runs.production import dagster_instance

if __name__ == "__main__":
    dagster_instance().dispose()
