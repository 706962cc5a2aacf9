"""The three uses in a real browser: Debian's Chromium against a real `ninja ui`. Run by `make test-ui`."""
