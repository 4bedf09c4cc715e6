from airdock.server.listener_metrics import ListenerCollector
from airdock.server.metrics import metrics_text
from airdock.triggers.listener import ListenerState

NAME = "shop/orders.listener"


def test_listeners_and_dead_letters_are_counted() -> None:
    state = ListenerState(name=NAME, trigger="message", state="paused", since=1.0, received=7, dead=2, held=3)
    lines = metrics_text(ListenerCollector(lambda: [state], lambda: {NAME: 5})).decode().splitlines()
    for line in (
        f'airdock_listener_state{{listener="{NAME}",state="paused",trigger="message"}} 1.0',
        f'airdock_listener_messages_total{{listener="{NAME}",outcome="received"}} 7.0',
        f'airdock_listener_messages_total{{listener="{NAME}",outcome="dead"}} 2.0',
        f'airdock_listener_messages_held{{listener="{NAME}"}} 3.0',
        f'airdock_dead_letters{{listener="{NAME}"}} 5.0',
    ):
        assert line in lines
