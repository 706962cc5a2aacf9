"""One module for each step of the schema. A released step is never edited."""
