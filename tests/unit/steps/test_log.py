from structlog.testing import capture_logs

from tests.unit.flows import Flows


async def test_writes_a_line_with_the_run(flows: Flows) -> None:
    with capture_logs() as lines:
        result = await flows.run([{"type": "log", "message": "n=${1 + 1}", "level": "warning"}])
    (line,) = lines
    assert (line["event"], line["log_level"], line["flow"]) == ("n=2", "warning", "p/f.flow")
    assert line["run"] == result.headers["airdock-run"]


def test_an_unknown_level(flows: Flows) -> None:
    assert "warning" in flows.problems([{"type": "log", "message": "x", "level": "warnin"}])[0]
