import threading
from concurrent.futures import ThreadPoolExecutor

from resources.providers.elevenlabs.concurrency_gate import Gate


def most_at_once(gate: Gate, workers: int) -> int:
    stop = threading.Event()
    inside: list[int] = []
    counted: list[int] = []
    lock = threading.Lock()

    def work(_: int) -> None:
        with gate.place(stop) as admitted:
            assert admitted
            with lock:
                inside.append(1)
                counted.append(len(inside))
            threading.Event().wait(0.03)
            with lock:
                inside.pop()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    return max(counted)


def test_no_more_are_inside_than_the_gate_is_wide() -> None:
    assert most_at_once(Gate(2), 6) == 2


def test_a_wider_gate_lets_more_in() -> None:
    gate = Gate(1)
    gate.resize(4)
    assert most_at_once(gate, 6) == 4


def test_a_limit_of_its_own_is_never_passed() -> None:
    gate = Gate(3, most=3)
    gate.resize(15)
    assert gate.size == 3
    gate.resize(0)
    assert gate.size == 1


def test_a_stop_ends_the_wait_without_a_place() -> None:
    gate = Gate(1)
    stop = threading.Event()
    with gate.place(threading.Event()):
        threading.Timer(0.05, stop.set).start()
        with gate.place(stop) as admitted:
            assert not admitted
    with gate.place(threading.Event()) as admitted:
        assert admitted
