"""What a show is made with: content, voices, clips, editing, money.

Everything here works without Dagster's asset graph and never imports `ninja_assets`. The rooms are floors, from `core`
up to `studio`; each imports only what stands below it. What is in which: docs/architecture.md.
"""
