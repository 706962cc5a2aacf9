"""Who signs webhooks as fal.ai does: a key, the address that publishes it, and hooks as they come."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass
class Signer:
    """The signing side. `answers`: whether the published keys can be read."""

    base_url: str = ""
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    answers: bool = True
    asked: int = 0

    def hook(self, request_id: str, *, at: float | None = None, status: str = "OK") -> tuple[dict[str, str], bytes]:
        """The headers and the body of a hook."""
        body = json.dumps({"request_id": request_id, "gateway_request_id": request_id, "status": status}).encode()
        return self.signed(body, request_id, at=at), body

    def signed(self, body: bytes, request_id: str = "r1", *, at: float | None = None) -> dict[str, str]:
        """The headers for a body."""
        moment = f"{time.time() if at is None else at:.0f}"
        message = "\n".join([request_id, "user-1", moment, hashlib.sha256(body).hexdigest()]).encode()
        return {
            "x-fal-webhook-request-id": request_id,
            "x-fal-webhook-user-id": "user-1",
            "x-fal-webhook-timestamp": moment,
            "x-fal-webhook-signature": self.key.sign(message).hex(),
        }

    @property
    def published(self) -> bytes:
        """The key as it is published."""
        x = base64.urlsafe_b64encode(self.key.public_key().public_bytes_raw()).rstrip(b"=").decode()
        return json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]}).encode()


@contextmanager
def signing() -> Iterator[Signer]:
    """A signer whose keys are published on loopback."""
    signer = Signer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            signer.asked += 1
            known = self.path == "/.well-known/jwks.json"
            body = signer.published
            self.send_response(200 if signer.answers and known else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        signer.base_url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield signer
        finally:
            server.shutdown()
            thread.join()
