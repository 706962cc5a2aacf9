"""What a show is made with: content, voices, clips, editing, money.

Everything here works without Dagster's asset graph and never imports `ninja_assets`. Data flows one way:
`show` (what a person wrote) -> `seams` (what a studio is asked for) -> a studio (`offline`, `elevenlabs`, `fal`)
-> `library` (where files live) -> `media` (how they become a picture).
"""
