from airdock.database import Database
from airdock.triggers.listener import ListenerState
from airdock.triggers.reports import Reports


def state(received: int) -> ListenerState:
    return ListenerState(name="shop/a.listener", trigger="message", state="listening", since=5.0, received=received)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_each_node_tells_how_its_listeners_stand(database: Database) -> None:
    clock = Clock()
    one, other = (Reports(database, "listeners", ListenerState, clock) for _ in range(2))
    one.write("n1", [state(1)])
    other.write("n2", [])
    one.write("n1", [state(2)])
    assert [(report.node, report.states) for report in other.read()] == [("n1", [state(2)]), ("n2", [])]
    assert Reports(database, "jobs", ListenerState, clock).read() == []
    other.remove("n2")
    assert [report.node for report in one.read()] == ["n1"]


def test_a_node_that_is_gone_tells_nothing(database: Database) -> None:
    clock = Clock()
    reports = Reports(database, "listeners", ListenerState, clock)
    reports.write("n1", [state(1)])
    clock.now += 20
    reports.write("n1", [state(1)])
    clock.now += 20
    assert [report.at for report in reports.read()] == [1020.0]
    clock.now += 20
    assert reports.read() == []
