"""Paid episodes from end to end: the real job in a process of its own, against the provider server.

`runs` builds a show and starts runs; `entry` is the program that such a run is. What a studio does with one request is
tested beside it (tests/resources/providers, tests/resources/purchasing/ledger).
"""
