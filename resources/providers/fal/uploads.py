"""The upload desk of fal.ai: files of the library at addresses that its models can read, for a while.

Each content is uploaded once and found again through the ledger, until its address is about to expire or a model could
not read it. Uploads cost nothing. An address never enters a key, a recipe or a name.
"""

import logging
import mimetypes
import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Final

from fal_client import StorageSettings

from resources.content.settings.characters import Character
from resources.core.library import Library
from resources.core.values import Cell, Media, Upload
from resources.failures import Step
from resources.media.audio.voice_track import upload_copy
from resources.models.portraits import Portraits
from resources.providers.fal.submissions import CLIENT_ERRORS
from resources.providers.fal.wire.client import FalClient
from resources.purchasing.ledger import Ledger
from resources.purchasing.requests.request import FAL
from resources.purchasing.worker import check_stop

LOG = logging.getLogger("ninja.fal")

LIFETIME_SECONDS: Final = 7 * 86_400  # nothing longer is relied upon (docs/sources/fal-queue.md#kept)
SPARE_SECONDS: Final = 86_400.0  # an address is given out only while it lives longer than a request may queue
_TRIES: Final = 4
_PAUSE_SECONDS: Final = 1.0
_LONGEST_SECONDS: Final = 60.0  # that the provider may ask to wait between two tries
_WHOLE_SECONDS: Final = 300.0  # for one upload: megabytes, from a slow line too
_TYPES: Final = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
}


class FalUploads:
    """An `UploadDesk`."""

    def __init__(
        self,
        client: FalClient,
        ledger: Ledger,
        library: Library,
        portraits: Portraits,
        *,
        lifetime_seconds: int = LIFETIME_SECONDS,
        spare_seconds: float = SPARE_SECONDS,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._library = library
        self._portraits = portraits
        self._lifetime_seconds = lifetime_seconds
        self._spare_seconds = spare_seconds
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Send nothing more: whoever wants an address is told that the run was stopped."""
        self._stopped.set()

    def voice(self, track: Media, *, cell: Cell) -> Upload:
        """The address of a voice track, as the MP3 that lip-sync models take."""
        return self.upload(upload_copy(self._library, track), cell=cell)

    def portrait(
        self, character: Character, *, angle: str | None, width: int, height: int, cell: Cell
    ) -> Upload | None:
        """The address of a character's picture, prepared for a `width` x `height` pane. ContentError if it has none."""
        return self.upload(self._portraits.of(character, angle=angle, width=width, height=height), cell=cell)

    def reference(self, media: Media, *, cell: Cell) -> Upload:
        """The address of a file that a shot is made from, as it is."""
        return self.upload(media, cell=cell)

    def upload(self, media: Media, *, cell: Cell | None = None) -> Upload:  # noqa: ARG002  (free: nothing to count)
        """The address of a file, uploaded if it has none that lives long enough. Raises StudioError."""
        with self._turns[media.sha256]:
            found = self._ledger.upload(media.sha256, FAL, spare_seconds=self._spare_seconds)
            if found is None:
                url, expires_at = self._send(media)
                found = self._ledger.remember_upload(media.sha256, FAL, url, expires_at)
        return Upload(url=found.url, media=media, expires_at=found.expires_at)

    def forget(self, media: Media) -> None:
        """Give the file's addresses out no more: a model could not read it there."""
        self._ledger.forget_upload(media.sha256, FAL)

    def _send(self, media: Media) -> tuple[str, datetime]:
        content = self._library.path(media).read_bytes()
        kind = _TYPES.get(media.suffix) or mimetypes.types_map.get(media.suffix, "application/octet-stream")
        name = f"{media.sha256[:16]}{media.suffix}"
        attempt = 0
        while True:
            check_stop(self._stopped)
            attempt += 1
            expires_at = datetime.now(UTC) + timedelta(seconds=self._lifetime_seconds)
            try:
                url = self._client.whole(
                    lambda: self._client.sync.upload(
                        content,
                        kind,
                        name,
                        repository="fal_v3",
                        fallback_repository=[],  # it is sent the key, too (docs/sources/fal-client.md#uploads)
                        lifecycle=StorageSettings(expires_in=self._lifetime_seconds),
                    ),
                    seconds=_WHOLE_SECONDS,
                )
                if not isinstance(url, str) or not url.startswith(("https://", "http://")):  # no model could read it
                    raise ValueError("the answer names no address")
            except CLIENT_ERRORS as error:
                failure = self._client.failure(error, Step.UPLOAD)
                if not failure.retryable or attempt == _TRIES:
                    raise failure.error(f"upload of {name}") from None
                LOG.warning("upload of %s: try %d of %d: %s (%s)", name, attempt, _TRIES, failure.what, failure.why)
                self._stopped.wait(max(_PAUSE_SECONDS * attempt, min(failure.retry_after or 0.0, _LONGEST_SECONDS)))
            else:
                return url, expires_at
