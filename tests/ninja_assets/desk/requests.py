"""What foreign pages send, and what our own pages and honest programs send: for the guard alone and the whole server.

The headers are those that Chromium and Firefox write; a browser lets no page change them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

QUERY = "mutation { __typename }"  # changes nothing, and Dagster executes it like any other change
BY_ADDRESS = f"/graphql?{urlencode({'query': QUERY})}"
JSON = {"Content-Type": "application/json"}
FOREIGN = "https://elsewhere.example"
CROSS = {"Sec-Fetch-Site": "cross-site"}
REPORTS = tuple(f"/report_asset_{what}/final_video" for what in ("materialization", "check", "observation"))


@dataclass(frozen=True)
class Sent:
    """A request of a browser or program. `{own}` in a header is the address of the server, as host:port."""

    what: str
    path: str = "/graphql"
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def headers_for(self, own: str) -> list[tuple[str, str]]:
        """The headers to send to that server."""
        return [(name, value.format(own=own)) for name, value in self.headers.items()]


def _graphql(what: str, headers: Mapping[str, str]) -> Sent:
    return Sent(what, headers=headers, body=f'{{"query": "{QUERY}"}}')


BAD = [
    Sent("an <img> of a foreign page", BY_ADDRESS, "GET", {**CROSS, "Sec-Fetch-Dest": "image", "Accept": "image/*"}),
    Sent("an <img>, by a browser that says nothing of sites", BY_ADDRESS, "GET", {"Accept": "image/avif,*/*"}),
    Sent("a fetch by GET", BY_ADDRESS, "GET", {**CROSS, "Origin": FOREIGN, "Accept": "*/*"}),
    Sent("a GET of curl", BY_ADDRESS, "GET"),
    Sent("a GET of curl, its path written otherwise", BY_ADDRESS.replace("graphql", "gr%61phql"), "GET"),
    Sent(
        "a form of a foreign page, the change in its address",
        BY_ADDRESS,
        headers={"Origin": FOREIGN, **CROSS, "Content-Type": "application/x-www-form-urlencoded"},
    ),
    Sent(
        "a form, by a browser that says nothing at all",
        BY_ADDRESS,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ),
    Sent("a form of several parts", BY_ADDRESS, headers={"Content-Type": "multipart/form-data; boundary=x"}),
    Sent("a POST without a kind", BY_ADDRESS),
    _graphql(
        "sendBeacon", {"Origin": FOREIGN, "Sec-Fetch-Mode": "no-cors", "Content-Type": "text/plain;charset=UTF-8"}
    ),
    _graphql("text/plain that mentions JSON", {"Content-Type": "text/plain; x=application/json"}),
    _graphql("a kind that only begins like JSON", {"Content-Type": "application/json-seq"}),
    _graphql("two kinds in one", {"Content-Type": "text/plain, application/json"}),
    _graphql("JSON of a foreign page", {**JSON, "Origin": FOREIGN}),
    _graphql("JSON of another port of this machine", {**JSON, "Origin": "http://127.0.0.1:8888"}),
    _graphql("JSON of our own name over HTTPS", {**JSON, "Origin": "https://{own}"}),
    _graphql("JSON of a sandboxed frame or a file", {**JSON, "Origin": "null"}),
    _graphql("JSON of a page of the same site, without Origin", {**JSON, "Sec-Fetch-Site": "same-site"}),
    _graphql("JSON under a name that points here (DNS rebinding)", {**JSON, "Host": "rebound.example:3000"}),
    _graphql("the same with its own Origin", {**JSON, "Host": "rebound.example", "Origin": "http://rebound.example"}),
    _graphql("our name without its port", {**JSON, "Host": "localhost"}),
    _graphql("our name with a dot", {**JSON, "Host": "localhost.:3000"}),
    _graphql("a name that begins like ours", {**JSON, "Host": "127.0.0.1.rebound.example:3000"}),
    Sent("the question before a foreign JSON", method="OPTIONS", headers={"Origin": FOREIGN}),
    Sent("a page of ours in a foreign frame", "/runs", "GET", {**CROSS, "Sec-Fetch-Dest": "iframe"}),
    Sent("a page of ours under a foreign name", "/runs", "GET", {"Host": "rebound.example"}),
    Sent("a file of ours in a foreign page", "/logs/x", "GET", {**CROSS, "Sec-Fetch-Mode": "no-cors"}),
    *(Sent(f"{path} by a foreign page", path, headers={"Origin": FOREIGN}) for path in REPORTS),
    *(Sent(f"{path} under a foreign name", path, headers={"Host": "rebound.example"}) for path in REPORTS),
    *(Sent(f"{path} by a form", path, headers={"Content-Type": "text/plain"}, body="a=1") for path in REPORTS),
]
SAME = {"Sec-Fetch-Site": "same-origin", "Origin": "http://{own}"}
VISIT = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html,*/*;q=0.8"}
GOOD = [
    _graphql("our page's question", {**JSON, **SAME}),
    _graphql("curl's question", JSON),
    _graphql("a client that names its letters", {"Content-Type": "application/json; charset=utf-8"}),
    Sent("a question in GraphQL's own words", headers={"Content-Type": "application/graphql"}, body="{ __typename }"),
    Sent("an address that was typed", "/runs", "GET", {**VISIT, "Sec-Fetch-Site": "none"}),
    Sent("a link in a letter", "/runs", "GET", {**VISIT, **CROSS}),
    Sent("GraphiQL's page", "/graphql", "GET", {**VISIT, "Sec-Fetch-Site": "none"}),
    Sent("GraphiQL's page with a question to show", BY_ADDRESS, "GET", {**VISIT, "Sec-Fetch-Site": "none"}),
    Sent("a picture of our own page", "/favicon.png", "GET", {"Sec-Fetch-Site": "same-origin"}),
    Sent("curl", "/server_info", "GET"),
]


def name_of(sent: Sent) -> str:
    """The test's name."""
    return sent.what
