import pytest

from airdock.connectors.file.fake import FakeFiles
from airdock.connectors.file.paths import Files
from tests.unit.connectors.file.contract import FilesContract


class TestFakeFiles(FilesContract):
    @pytest.fixture
    def files(self) -> Files:
        return FakeFiles()
