"""The three uses in a real browser: Debian's Chromium against a real `dagster dev`. Run by `make test-ui`."""
