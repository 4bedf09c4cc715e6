from airdock.errors import FlowError
from airdock.exchange import Exchange, Run, StepFailure, StepInfo
from airdock.testing.recording import Recording


def test_keeps_what_ended() -> None:
    first, second = StepInfo("1", "1", "output"), StepInfo("2", "2", "throw")
    trail = [first, 10, second, 20, StepFailure(second, "a", "m"), 30, StepInfo("3", "3", "log"), None]
    recording = Recording()
    log = recording.flow("p/f.flow", "p", "summary")
    log.started()
    log.ended(Exchange(Run("id", "p/f.flow"), trail=trail), 5, FlowError("a", "m"))
    (run,) = recording.runs
    assert (run.steps, run.failed_steps, run.started_ns) == (["1", "2"], ["2"], 5)
    assert run.error is not None
