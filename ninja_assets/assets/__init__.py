"""The episode's assets, one stage a module: script, tts_audio, uploaded_urls, clips (speaker and listener), shots,
composites, final_video. Each says what happens for one cell; ranges, concurrency and failure are
`ninja_assets.cells.engine`.
"""
