from airdock.connectors.http.calls import Call
from airdock.connectors.http.client import HttpClient, Profile
from airdock.connectors.http.fake import Shelf
from airdock.connectors.http.reach import Reach
from airdock.testing import run_tests
from tests.unit.flows import Flows


async def test_a_shelf_remembers_what_was_sent() -> None:
    shelf = Shelf()
    client = HttpClient(Profile("", "https://a.example", Reach("https://a.example")), shelf)
    await client.send(Call("PUT", "/x", body=b"1"))
    answer = await client.send(Call("PATCH", "/x", body=b"2"))
    assert (answer.status, answer.headers) == (405, {"allow": "GET, HEAD, PUT, POST, DELETE"})
    assert [(each.method, each.url, each.own) for each in shelf.sent] == [
        ("PUT", "https://a.example/x", True),
        ("PATCH", "https://a.example/x", True),
    ]
    await client.close()
    assert shelf.kept == {}


def test_flow_tests_have_it(flows: Flows) -> None:
    flows.write("p/crm.connection", {"type": "http", "url": "https://api.example.com"})
    put = {"type": "http", "connection": "/p/crm.connection", "method": "PUT", "path": "/a", "body": {"n": 1}}
    get = {"type": "http", "connection": "/p/crm.connection", "path": "/a"}
    flows.write("p/f.flow", {"steps": [put, get]})
    case = {"name": "there", "expect": {"body": {"n": 1}}}
    flows.write("p/f.test", {"flow": "/p/f.flow", "cases": [case]})
    report = run_tests(flows.folder)
    assert [str(failure) for file in report.files for result in file.cases for failure in result.failures] == []
