"""What lies beside a finished video for people: pages, descriptions, thumbnails, an edit list.

The video itself is not touched here, and nothing is bought.
"""
