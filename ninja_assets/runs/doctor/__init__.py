"""What a run needs, looked at one by one: nothing is changed, and nothing is sent."""
