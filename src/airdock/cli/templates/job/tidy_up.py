"""Removes what is too old. This one only says what it would do."""

from datetime import UTC, datetime, timedelta


def service(exchange):
    before = datetime.now(UTC).date() - timedelta(days=exchange.properties["keep_days"])
    exchange.log.info("tidying up", before=before.isoformat())
    return {"before": before.isoformat()}
