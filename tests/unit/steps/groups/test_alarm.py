import asyncio

from hypothesis import given
from hypothesis import strategies as st

from airdock.steps.groups.alarm import Alarm
from airdock.testing.virtual import START, VirtualClock, run_virtually

KEYS = st.sampled_from("abcde")
ACTIONS = st.lists(st.tuples(st.sampled_from(["set", "forget", "wait"]), KEYS, st.integers(0, 50)), max_size=60)


@given(ACTIONS)
def test_it_wakes_when_the_first_key_is_due(actions: list[tuple[str, str, int]]) -> None:
    async def main() -> None:
        clock = VirtualClock()
        alarm = Alarm(clock)
        due: dict[str, float] = {}
        for action, key, seconds in actions:
            now = clock.now()
            if action == "set":
                due[key] = now + seconds
                alarm.set(key, now + seconds)
            elif action == "forget":
                due.pop(key, None)
                alarm.forget(key)
            else:
                await alarm.wait(now + seconds)
                assert clock.now() == max(now, min([now + seconds, *due.values()]))
                due = {key: moment for key, moment in due.items() if moment > clock.now()}

    run_virtually(main)


def test_what_is_due_earlier_wakes_who_waits_already() -> None:
    async def main() -> None:
        clock = VirtualClock()
        alarm = Alarm(clock)
        waiting = asyncio.create_task(alarm.wait(START + 100))
        await asyncio.sleep(1)
        alarm.set("a", START + 30)
        alarm.set("a", START + 40)
        alarm.wake_by(START + 60)
        await waiting
        assert clock.now() == START + 40
        await alarm.wait(START + 100)
        assert clock.now() == START + 60
        await alarm.wait(START + 100)
        assert clock.now() == START + 100

    run_virtually(main)


def test_keys_that_were_forgotten_leave_nothing() -> None:
    alarm = Alarm(VirtualClock())
    for number in range(10_000):
        alarm.set(str(number), START + number)
        alarm.forget(str(number))
    assert len(alarm._order) < 2000
