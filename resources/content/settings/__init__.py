"""Parts of `show.yaml` as typed values: how one value is written, and who is in the cast."""
