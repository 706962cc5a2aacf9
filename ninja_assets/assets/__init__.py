"""The assets of an episode, one a module.

All of an asset stands on its decorator, and its function says what happens for one cell, or for one episode; which
cells, in which order, and what becomes of failures is `ninja_assets.cells`.
"""
