"""Codes of what is asked of jobs."""

from airdock.codes.code import ErrorCode

JOBS: tuple[ErrorCode, ...] = (
    ErrorCode(
        "job.parameters",
        "The parameters of a run that was asked for are too large, or are none.",
        "Give an object of at most 256 KB; put larger data where the job can read it.",
        422,
    ),
    ErrorCode(
        "job.waiting",
        "Too many runs of a job were asked for and have not begun.",
        "See whether the process that runs jobs is alive and what its runs wait for, then ask again.",
        409,
    ),
)
