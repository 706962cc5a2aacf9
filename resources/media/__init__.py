"""How files become a picture: the ffmpeg program, exact measuring, sound, captions, layouts, composites, the final cut.

Nothing here knows a provider, a price or Dagster.
"""
