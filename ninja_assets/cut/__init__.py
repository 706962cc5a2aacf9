"""The cut: an episode's segments joined in one format, checked, drawn and laid out for people.

No segment is encoded here and nothing is bought.
"""
