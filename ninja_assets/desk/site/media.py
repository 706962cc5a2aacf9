"""Files of the library, by content: a page names a hash, never a path. Parts of a file are served as they are asked
for (RFC 9110, 14), as players do."""

import re
from typing import Final

from starlette.responses import FileResponse, PlainTextResponse, Response

from ninja_assets.desk.site.opened import Desk
from resources.core.errors import MediaLostError

_NAME: Final = re.compile(r"([0-9a-f]{64})(\.[a-z0-9]{2,4})")
# What pages show. Nothing that a browser would run.
_KINDS: Final = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_FOR_EVER: Final = "private, max-age=31536000, immutable"  # what a name says never changes


def media_response(desk: Desk, name: str) -> Response:
    """A file of the library by `<sha256><suffix>`; 404 for anything else, and for one that is lost or damaged."""
    found = _NAME.fullmatch(name)
    kind = _KINDS.get(found[2]) if found else None
    if found is None or kind is None:
        return PlainTextResponse("no such file\n", 404)
    try:
        media = desk.library.media_named(found[1], found[2])
        if media is None:
            return PlainTextResponse("no such file\n", 404)
        path = desk.library.path(media)
    except MediaLostError as error:
        return PlainTextResponse(f"{error}\n", 404)
    headers = {"Cache-Control": _FOR_EVER, "ETag": f'"{found[1]}"', "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=kind, headers=headers)
