"""Addresses as people may be shown them."""

import re
from typing import Final

KEYS_HINT: Final = "leave them out, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or those of another store"
_BUCKETS: Final = ("s3", "s3a", "gs", "gcs")
_LOGIN: Final = re.compile(r"\b([A-Za-z][A-Za-z0-9+]+:/{0,2})[^/\s]*:[^/\s]*@")  # also where a slash is missing


def without_login(text: str) -> str:
    """A text without the names and passwords that stand in its addresses: `sftp://***@host/folder`.

    A name alone is no secret, and stays: it is how an example is written (`postgresql://user@host/database`).
    """
    return _LOGIN.sub(r"\1***@", text)


def holds_keys(address: str) -> bool:
    """Whether keys stand before the bucket of an address, where no store takes them."""
    protocol, _, rest = address.partition("://")
    return protocol in _BUCKETS and "@" in rest.partition("/")[0]
