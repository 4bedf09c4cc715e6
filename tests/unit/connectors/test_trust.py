import ssl
from pathlib import Path

import pytest

from airdock.connectors.trust import trusting
from airdock.errors import FlowError
from tests.unit.connectors.opening import opening
from tests.unit.connectors.smtp.certificates import client_trust


def test_certificates_of_a_file_take_the_place_of_those_of_the_system(tmp_path: Path) -> None:
    context = trusting("p/ca.pem", opening(files={"p/ca.pem": client_trust()}))
    assert len(context.get_ca_certs()) == 1
    assert trusting("", opening()).verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("content", [b"x", b"\xff", b"", None])
def test_a_file_without_certificates(content: bytes | None) -> None:
    with pytest.raises(FlowError, match="holds no certificates in PEM") as caught:
        trusting("p/ca.pem", opening(files={} if content is None else {"p/ca.pem": content}))
    assert caught.value.code == "connector.failed"
