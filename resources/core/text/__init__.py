"""Text that a person wrote, as lines that can be counted: YAML and `.env`, and mistakes in them."""
