"""The documents of this project: that they open, and that what is generated is what the code says."""
