"""The one job, an episode from its script to its final video, and the config that launches it."""

JOB_NAME = "produce_episode"
JOB_ABOUT = "Makes an episode: one run over the range of all its segments. What exists already is reused."


def run_config(mode: str, *, retake: list[str] | None = None, retake_of: list[str] | None = None) -> dict[str, object]:
    """The launch config of a mode, and of retakes where asked for."""
    config: dict[str, object] = {"mode": mode}
    if retake:
        config["retake"] = retake
    if retake_of:
        config["retake_of"] = retake_of
    return {"resources": {"studio": {"config": config}}}
