"""What a clip is bought as. That it is bought so is told in tests/resources/providers/fal."""

from resources.core.library import Library
from resources.media.audio.voice_track import silent_tone
from resources.models import speakers
from resources.models.catalogue import MediaFacts


def test_the_longest_voice_that_a_model_speaks_is_a_file_that_it_takes(library: Library) -> None:
    for option in speakers.options():
        sound = silent_tone(library, option.span().most)
        facts = MediaFacts(suffix=sound.suffix, size=sound.size)
        assert list(option.endpoint.media["audio_url"].problems(facts, option.sample())) == []
        assert sound.size < 5_000_000
