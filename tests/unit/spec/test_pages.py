import json
import re

import pytest

from airdock.builtin import catalogue as builtin
from airdock.codes import CODES, ErrorCode
from airdock.descriptor import Reader
from airdock.spec.catalogue import Catalogue
from airdock.spec.descriptors import DESCRIPTORS
from airdock.spec.pages import catalogue_page, codes_page, common_page, connection_page, descriptor_page, step_page
from airdock.spec.step import Step


def test_the_page_of_a_step(say: type[Step]) -> None:
    assert step_page(say) == (
        "# `say`\n\nSays something.\n\n## Fields\n\n"
        "| field | value | default | meaning |\n|---|---|---|---|\n"
        '| `message` | text; may hold `${}` | required | What \\| who. Example: `"Hello ${body.name}"` |\n'
        '| `wait` | duration, such as `"30s"` | `"1s"` | Wait. |\n'
        "| `token` | text |  | Token. Never shown. |\n"
        "| `status` | whole number from 200 to 599; may hold `${}` |  | Status. Example: `201` |\n"
        '| `result` | text |  | The exchange property that takes the value; the body if left out. Example: `"price"` |'
        "\n\nEvery step also has `name`, `description`, `when`, `properties`, `timeout`, `retry`.\n\n"
        '## Example\n\n```json\n{\n  "type": "say",\n  "message": "Hello ${body.name}"\n}\n```\n'
    )


def test_the_page_of_a_step_shows_what_stands_in_it(choose: type[Step]) -> None:
    page = step_page(choose)
    assert "Chooses a flow. It is the first that fits.\n\nMore prose, with a `word`.\n\n## Fields" in page
    assert "### In `cases`\n\nOne case: a name and what runs.\n\n| field" in page
    assert json.dumps(choose.example, indent=2) in page


@pytest.mark.parametrize("step", list(builtin()), ids=lambda step: step.type)
def test_the_example_of_every_step_can_be_read(step: type[Step]) -> None:
    page = step_page(step)
    assert page.startswith(f"# `{step.type}`\n\n")
    _, found, example = page.partition("```json\n")
    if found:
        text = f'{{"steps": [{example.partition("```")[0]}]}}'
        assert Reader(builtin()).read("flow", text, "a.flow").steps[0].type == step.type


def test_the_page_of_common_fields() -> None:
    page = common_page()
    assert "| `when` | expression |" in page
    assert "### In `retry`" in page


@pytest.mark.parametrize("kind", DESCRIPTORS)
def test_pages_of_descriptors(kind: str) -> None:
    page = descriptor_page(kind)
    assert page.startswith(f"# {kind.capitalize()}\n\n")
    assert all(f"| `{name}` |" in page for name in DESCRIPTORS[kind].fields)


def test_the_list_of_steps(catalogue: Catalogue) -> None:
    assert catalogue_page(catalogue, "steps/{}.md") == (
        "# Steps\n\n## Routing\n\n| type | what it does |\n|---|---|\n"
        "| [`choose`](steps/choose.md) | Chooses a flow. |\n\n"
        "## Answer\n\n| type | what it does |\n|---|---|\n| [`say`](steps/say.md) | Says something. |\n"
    )


def test_every_error_code_is_on_its_page() -> None:
    page = codes_page()
    assert all(f"| `{code}` |" in page for code in CODES)
    assert "## a\n" in codes_page({"a.b": ErrorCode("a.b", "Meaning.", "Advice.", 404)})
    assert "| `a.b` | Meaning. | Advice. | 404 |" in codes_page({"a.b": ErrorCode("a.b", "Meaning.", "Advice.", 404)})


def test_the_page_of_a_connection_has_the_fields_of_each_word_within() -> None:
    page = connection_page(builtin().connections["file"])
    _, store = page.split("### In `store`")
    _, bucket = store.split('#### With `"type": "s3"`')
    assert "| `bucket` |" in bucket.split("####")[0]


def test_the_page_of_a_step_has_the_fields_of_each_word(writing: Catalogue) -> None:
    (write,) = writing
    page = step_page(write)
    head, commas, plain = re.split(r"^## With ", page, flags=re.MULTILINE)
    assert "delimiter" not in head
    assert commas.startswith('`"format": "commas"`\n\nCommas. More of them.\n\n| field |')
    assert '| `delimiter` | text | `","` | Delimiter. Example: `";"` |' in commas
    assert "### In `rows`" in commas
    assert plain.startswith('`"format": "plain"`\n\nNothing more.\n\nEvery step also has')
