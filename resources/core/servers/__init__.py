"""Servers that this project asks: how long one that is away is waited for."""
