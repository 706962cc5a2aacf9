"""What a person agrees to before money is spent: the door of a run, its price, and voices worth hearing first."""
