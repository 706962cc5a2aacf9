"""The content a person edits, read and checked: `show.yaml`, episode files, and every name and path made of them.

Nothing here makes media, spends money or knows Dagster.
"""
