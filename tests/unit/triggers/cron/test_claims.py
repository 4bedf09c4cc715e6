from airdock.database import Database
from airdock.triggers.cron import claims
from airdock.triggers.cron.claims import FUTURE_SECONDS, LEASE_SECONDS, Fire

SCHEDULE = "0 0 * * * ? UTC"


def fire(scheduled: float, job: str = "a.job", alone: bool = True) -> Fire:
    return Fire(job, SCHEDULE, scheduled, alone=alone)


def test_one_process_gets_a_fire(database: Database) -> None:
    with database.writing() as on:
        assert claims.claim(on, [fire(10), fire(10, "b.job")], "one", 10) == {"a.job": True, "b.job": True}
    with database.writing() as on:
        assert claims.claim(on, [fire(10), fire(10, "b.job")], "two", 10) == {}
        assert claims.claim(on, [fire(20)], "one", 20) == {"a.job": True}


def test_who_gets_a_fire_while_another_runs_the_job_may_not_begin(database: Database) -> None:
    with database.writing() as on:
        claims.claim(on, [fire(10)], "one", 10)
        assert claims.claim(on, [fire(20)], "two", 20) == {"a.job": False}
        claims.renew(on, ["a.job"], "one", 35)
        assert not claims.begin(on, "a.job", "two", 41)
        assert claims.begin(on, "a.job", "one", 41)
        claims.release(on, ["a.job"], "one")
        assert claims.claim(on, [fire(50)], "two", 50) == {"a.job": True}


def test_a_process_that_says_nothing_is_taken_for_dead(database: Database) -> None:
    with database.writing() as on:
        claims.claim(on, [fire(10)], "one", 10)
        assert claims.claim(on, [fire(41)], "two", 11 + LEASE_SECONDS) == {"a.job": True}


def test_jobs_that_may_overlap_are_never_held(database: Database) -> None:
    with database.writing() as on:
        claims.claim(on, [fire(10, alone=False)], "one", 10)
        assert claims.claim(on, [fire(20, alone=False)], "two", 20) == {"a.job": True}


def test_many_are_claimed_at_once(database: Database) -> None:
    jobs = [f"{number}.job" for number in range(1200)]
    with database.writing() as on:
        assert len(claims.claim(on, [fire(10, job) for job in jobs], "one", 10)) == 1200
        claims.forget(on, jobs[1:])
        assert len(claims.claim(on, [fire(10, job) for job in jobs], "two", 10)) == 1199


def test_a_new_job_begins_now_and_a_known_one_behind_its_last_fire(database: Database) -> None:
    with database.writing() as on:
        assert claims.adopt(on, {"a.job": SCHEDULE}, 100) == {"a.job": 100}
        claims.claim(on, [fire(200)], "one", 200)
        assert claims.adopt(on, {"a.job": SCHEDULE, "b.job": SCHEDULE}, 500) == {"a.job": 200, "b.job": 500}
        assert claims.adopt(on, {"a.job": "another", "b.job": SCHEDULE}, 600) == {"a.job": 600, "b.job": 500}


def test_what_was_missed_while_it_was_paused_does_not_count(database: Database) -> None:
    with database.writing() as on:
        claims.adopt(on, {"a.job": SCHEDULE}, 100)
        claims.pass_over(on, ["a.job"], 300)
        claims.pass_over(on, ["a.job"], 200)
        assert claims.adopt(on, {"a.job": SCHEDULE}, 500) == {"a.job": 300}


def test_a_clock_that_was_years_ahead_keeps_no_job_from_running(database: Database) -> None:
    with database.writing() as on:
        claims.claim(on, [fire(10 + 2 * FUTURE_SECONDS)], "one", 10 + 2 * FUTURE_SECONDS)
        claims.release(on, ["a.job"], "one")
        assert claims.adopt(on, {"a.job": SCHEDULE}, 10) == {"a.job": 10}
        assert claims.claim(on, [fire(20)], "two", 20) == {"a.job": True}


def test_what_is_given_back_is_missed(database: Database) -> None:
    with database.writing() as on:
        claims.claim(on, [fire(100)], "one", 100)
        claims.give_back(on, [fire(100)])
        assert claims.adopt(on, {"a.job": SCHEDULE}, 200) == {"a.job": 99}


def test_a_job_that_is_not_known_may_begin(database: Database) -> None:
    with database.writing() as on:
        assert claims.begin(on, "new.job", "one", 10)
