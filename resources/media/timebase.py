"""How time is counted in a cut: frames, samples and ticks, each a whole number of the other. No media is read here."""

FPS = 30  # frames a second of every cut
RATE = 48_000  # Hz
SAMPLES_PER_FRAME = RATE // FPS
TIMESCALE = 15_360  # ticks a second: whole for 15, 24 and 30 fps, so that no time is rounded


def frames_of(seconds: float) -> int:
    """How many frames a voice of this length needs. Counted in samples, so that 6.0 s is 180 frames, never 181."""
    return -(-round(seconds * RATE) // SAMPLES_PER_FRAME)
