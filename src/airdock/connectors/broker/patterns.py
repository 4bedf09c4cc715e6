"""Patterns of topics, as brokers write them."""


def amqp_matches(pattern: str, topic: str) -> bool:
    """AMQP: words between dots; `*` is one word, `#` any number of them."""
    return _matches(pattern.split("."), topic.split("."), "*")


def mqtt_matches(pattern: str, topic: str) -> bool:
    """MQTT: levels between slashes; `+` is one level, `#` the rest. Topics of the broker itself begin with `$`, and
    only a pattern that does so, too, means them."""
    if topic.startswith("$") != pattern.startswith("$"):
        return False
    return _matches(pattern.split("/"), topic.split("/"), "+")


def _matches(pattern: list[str], topic: list[str], one: str) -> bool:
    """Word for word, with all the places in the topic that the pattern may have come to."""
    places = {0}
    for word in pattern:
        if not places:
            return False
        if word == "#":
            places = set(range(min(places), len(topic) + 1))
        else:
            places = {place + 1 for place in places if place < len(topic) and word in (one, topic[place])}
    return len(topic) in places
