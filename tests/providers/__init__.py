"""A provider server on loopback that speaks fal.ai's and ElevenLabs' documented protocols strictly.

The real `fal_client` and `elevenlabs` run against it. It makes real media, keeps an account of everything that was
bought, and injects faults at any step. Nothing here is imported by the project itself, and nothing here imports it:
a mistake in the project's own measuring cannot hide in the server.

    python -m tests.providers --port 0 --state DIR      its own process; prints {"base_url": …} as one line
    tests.providers.fixture.providers                   the same as a pytest fixture, in a thread
"""
