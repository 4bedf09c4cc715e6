from pathlib import Path

import pytest

from airdock.errors import FlowError
from airdock.server.serving import Serving
from airdock.server.settings import load_settings
from tests.service.server import output_flow, write_files


def test_a_folder_is_served_without_the_database_but_for_flows_that_need_a_secret(tmp_path: Path) -> None:
    flows = {
        "p/open.flow": output_flow("open"),
        "p/key.flow": output_flow("closed", apiKey={"header": "X-API-Key", "secret": "partner.key"}),
    }
    away = "postgresql://postgres@127.0.0.1:1/none"
    folder = write_files(tmp_path / "flows", flows)
    serving = Serving(load_settings({"folder": folder, "home": tmp_path / "home", "database_url": away}, {}))
    try:
        serving.load()
        stand = {each.path: (each.state, each.serves) for each in serving.agent.artefacts}
        problems = [problem for each in serving.agent.artefacts for problem in each.problems]
    finally:
        serving.close()
    assert stand == {"p/open.flow": ("enabled", True), "p/key.flow": ("failed", False)}
    assert [problem.code for problem in problems] == ["descriptor.secret"]
    assert "cannot be read now" in problems[0].message


async def test_durable_state_works_again_when_the_database_does(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("no folder")
    folder = write_files(tmp_path / "flows", {"p/a.flow": output_flow("a")})
    serving = Serving(load_settings({"folder": folder, "home": tmp_path / "other"}, {}))
    stores = serving.agent.runtime.stores
    serving.installation.database.home = home
    with pytest.raises(FlowError) as caught:
        await stores.durable.add("s", "k", b"", 0)
    assert caught.value.code == "state.unavailable"
    home.unlink()
    assert await stores.durable.add("s", "k", b"", 0)
    assert stores.memory is not stores.durable
    serving.close()
