"""What the ledger costs: `python -m bench.ledger [URL]` (a SQLite file in a temporary folder by default).

Each request takes all its steps (claim, sending, submitted, collected) in a ledger with a year's rows. Beside the time
on the clock stand the processor's, which other programs on the machine do not lengthen, and what the disk alone takes
to sync three small writes, which is what a SQLite ledger asks of it for a request. Then the processor's time of `ninja
costs`, whole, over a ledger of 20,000 requests.
"""

import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from resources.content.show import Caps
from resources.core.names import Mode
from resources.core.values import Cell, Media
from resources.models.prices import Estimate, billed_usd
from resources.purchasing.ledger import Ledger, Purchase

TARGET_MS = 10.0
COSTS_ROWS = 20_000
COSTS_TARGET_SECONDS = 1.0  # of the processor
OLD_ROWS = 2000  # a year of daily Shorts has about 5,000
REQUESTS = 200
THREADS = 10
ESTIMATE = Estimate(usd=0.4215, unit="second", units=7.5, unit_price_usd=0.0562, price_date=date(2026, 11, 21))
BILLED = billed_usd(7.5, 0.0562, ESTIMATE.usd)
MEDIA = Media(sha256="0" * 64, suffix=".mp4", size=1)


class Past:
    """A clock that can go back: old rows are spread over a year."""

    seconds_ago = 0.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.time() - self.seconds_ago


def purchase(number: int, run: str) -> Purchase:
    """A distinct clip."""
    return Purchase(
        provider="fal",
        endpoint="bench",
        asset="speaker_clips",
        cell=Cell(episode=f"episode-{number // 20}", segment=f"s{number % 16 + 1:02d}", mode=Mode.DRAFT),
        arguments={"prompt": f"{run} {number}", "audio_url": f"sha256:{number:064x}"},
        estimate=ESTIMATE,
    )


def request(ledger: Ledger, number: int, run: str) -> float:
    """Buy one clip; the seconds that the ledger took."""
    start = time.perf_counter()
    claim = ledger.claim(purchase(number, run))
    with ledger.lease(claim):
        ledger.sending(claim, {"prompt": "x"})
        claim = ledger.submitted(claim, f"{run}-{number}", "https://s", "https://r", "https://c")
        ledger.charged(claim, BILLED)
        ledger.collected(claim, media=MEDIA, billed=BILLED, seconds=7.5)
    return time.perf_counter() - start


def reuse(ledger: Ledger, number: int) -> float:
    """Ask for a clip that is there; the seconds that it took."""
    start = time.perf_counter()
    ledger.claim(purchase(number, "one"))
    return time.perf_counter() - start


def disk_sync(folder: Path) -> float:
    """The seconds of three small synced writes."""
    with (folder / "probe").open("ab") as file:
        start = time.perf_counter()
        for _ in range(3):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        return time.perf_counter() - start


def at_once(ledger: Ledger) -> float:
    """Seconds a request with ten threads buying at once: the wall time divided by the requests."""

    def work(thread: int) -> None:
        for number in range(REQUESTS // THREADS):
            request(ledger, thread * 1000 + number, "threads")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.perf_counter() - start) / REQUESTS


def shown(name: str, measure: Callable[[int], float], times: int = REQUESTS) -> float:
    """Print the median and the slowest of twenty, in milliseconds."""
    start = time.process_time()
    taken = sorted(measure(number) * 1000 for number in range(times))
    processor = (time.process_time() - start) * 1000 / times
    print(
        f"{name:<44} median {statistics.median(taken):7.2f} ms   95 % under {taken[int(times * 0.95)]:7.2f} ms   "
        f"processor {processor:6.2f} ms"
    )
    return statistics.median(taken)


def costs_seconds(folder: Path) -> float:
    """The processor's seconds of `ninja costs` over a ledger of `COSTS_ROWS` requests."""
    file = folder / "costs.db"
    with Ledger(f"sqlite:///{file}", caps=Caps(segment_usd=1e6, episode_usd=1e6, day_usd=1e6)) as ledger:
        for number in range(COSTS_ROWS // 100):
            request(ledger, number, "costs")
    with closing(sqlite3.connect(file)) as database, database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(purchases)")]
        own = {
            "id": None,
            "key": "p.key || n.i",
            "legacy_key": "p.legacy_key || n.i",
            "request_id": "p.id || '-' || n.i",
        }
        kept = [name for name in columns if name != "id"]
        chosen = ", ".join(own.get(name) or f"p.{name}" for name in kept)
        database.execute(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99) "  # noqa: S608
            f"INSERT INTO purchases ({', '.join(kept)}) SELECT {chosen} FROM purchases p, n"
        )
        assert database.execute("SELECT count(*) FROM purchases").fetchone()[0] == COSTS_ROWS
    places = {"NINJA_LEDGER_URL": f"sqlite:///{file}", "NINJA_LIBRARY": str(folder / "library")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", "from ninja_assets.cli import main; main()", "costs"]
    subprocess.run(command, env={**os.environ, **places}, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    """Measure and print; exit with 1 over a target."""
    with tempfile.TemporaryDirectory(prefix="ninja-bench-") as name:
        folder = Path(name)
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder / 'ledger.db'}"
        start = time.perf_counter()
        past = Past()
        ledger = Ledger(url, caps=Caps(segment_usd=1e6, episode_usd=1e6, day_usd=1e6), clock=past)
        print(f"{'open a new ledger':<44} {(time.perf_counter() - start) * 1000:14.2f} ms")
        for number in range(OLD_ROWS):
            past.seconds_ago = (OLD_ROWS - number) * 365 * 86400 / OLD_ROWS
            ledger.import_clip(purchase(number, "old"), MEDIA)
        past.seconds_ago = 0.0
        whole = shown("a request, all its steps", lambda number: request(ledger, number, "one"))
        shown("a reuse", lambda number: reuse(ledger, number))
        print(f"{'a request, ten threads at once':<44} {at_once(ledger) * 1000:14.2f} ms")
        shown("three synced writes of 4 kB (the disk alone)", lambda _: disk_sync(folder))
        ledger.close()
        costs = costs_seconds(folder)
    print(f"{f'ninja costs at {COSTS_ROWS:,} rows':<44} {costs:14.2f} s of the processor")
    print(f"target: under {TARGET_MS:g} ms a request: {'reached' if whole < TARGET_MS else 'missed'}")
    print(f"target: under {COSTS_TARGET_SECONDS:g} s: {'reached' if costs < COSTS_TARGET_SECONDS else 'missed'}")
    sys.exit(whole >= TARGET_MS or costs >= COSTS_TARGET_SECONDS)


if __name__ == "__main__":
    main()
