"""What everything stands on: names and paths, typed values, errors, located YAML, the library of files.

No show, no model and no provider is known here.
"""
