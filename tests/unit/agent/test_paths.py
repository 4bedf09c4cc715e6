"""Where files stand in the registry."""

import pytest

from airdock.agent.paths import project_of, registry_path


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("p/IntegrationServices/a.flow", "p/a.flow"),
        ("p/ScriptingServices/lib/a.js", "p/lib/a.js"),
        ("p/sub/IntegrationServices/a.flow", "p/sub/IntegrationServices/a.flow"),
        ("IntegrationServices/a.flow", "IntegrationServices/a.flow"),
        ("p/a.flow.yaml", "p/a.flow"),
        ("a.job.yml", "a.job"),
        ("p/project.yaml", "p/project.yaml"),
        ("a.flow", "a.flow"),
    ],
)
def test_type_folders_and_yaml_are_not_part_of_a_path(file: str, path: str) -> None:
    assert registry_path(file) == path


def test_project_of() -> None:
    assert (project_of("p/a.flow"), project_of("a.flow"), project_of("p/s/a.flow")) == ("p", "", "p")
