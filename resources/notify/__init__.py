"""Telling people: addresses of Apprise, and sending to them. It knows no show and no run."""
