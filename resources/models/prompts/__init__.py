"""The prompt desk: prompts built by the owner's frameworks from data that a person can edit. No network, no files
but `prompts.yaml`.
"""
