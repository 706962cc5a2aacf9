"""What a segment buys: its requests, and what they would cost."""
