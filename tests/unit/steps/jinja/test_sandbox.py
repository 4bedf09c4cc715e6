"""What templates cannot reach."""

import pytest

from airdock.steps.jinja.reading import BrokenTemplateError
from tests.unit.steps.jinja.pages import code, exchange, page, render


class Thing:
    """An object that a script has left in the message."""

    secret = "told"

    def method(self) -> str:
        return self.secret

    def __call__(self) -> str:
        return self.secret


@pytest.mark.parametrize(
    "text",
    [
        "{{ body.__class__ }}",
        "{{ body['__class__'] }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ [].__class__.__base__.__subclasses__ }}",
        "{{ body.keys }}",
        "{{ range.__self__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ properties.thing.secret }}",
        "{{ properties.thing['secret'] }}",
        "{{ properties.thing.method }}",
        "{{ [properties.thing]|map(attribute='secret')|join }}",
        "{{ [properties.thing]|map(attribute='__class__')|join }}",
        "{{ [properties.thing]|selectattr('secret')|list|join }}",
        "{{ self.__class__ }}",
        "{{ self._TemplateReference__context }}",
        "{% for x in [1] %}{{ loop._iterator }}{{ loop.__class__ }}{% endfor %}",
        "{% macro m() %}{% endmacro %}{{ m._func }}{{ m.name }}{{ m.__class__ }}",
        "{% set ns = namespace() %}{{ ns.__class__ }}{{ ns._Namespace__attrs }}",
        "{{ (1, 2)._fields }}{{ (1, 2).count }}",
        "{{ ('%s'|e).__html__ }}",
    ],
)
def test_attributes_of_objects_are_not_there(text: str) -> None:
    assert page(text).render(exchange({}, thing=Thing()), 1000) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{{ properties.thing() }}",
        "{{ 'a'.upper() }}",
        "{{ body.items() }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ [properties.thing][0]() }}",
        "{{ body() }}",
        "{% call properties.thing() %}{% endcall %}",
    ],
)
def test_values_of_the_message_are_not_called(text: str) -> None:
    assert code(text, {}) in ("template.failed", "template.undefined")


@pytest.mark.parametrize("name", ["attr", "pprint", "random", "urlize", "slice", "(each)", "(spend)"])
def test_filters_that_are_not_there(name: str) -> None:
    with pytest.raises(BrokenTemplateError):
        page(f"{{{{ body|{name} }}}}")


@pytest.mark.parametrize("name", ["attr", "urlize", "eval"])
def test_filters_by_a_name_that_is_computed(name: str) -> None:
    assert code("{{ [1]|map(body)|list }}", name) == "template.failed"


@pytest.mark.parametrize("name", ["lipsum", "cycler", "joiner", "dict", "caller", "environment", "context"])
def test_functions_that_are_not_there(name: str) -> None:
    with pytest.raises(BrokenTemplateError, match=f"has no '{name}'"):
        page(f"{{{{ {name} }}}}")


def test_nothing_is_changed() -> None:
    body = {"list": [1], "object": {"a": 1}}
    for text in ("{{ body.list.append(2) }}", "{{ body.object.update({}) }}", "{{ body.object.clear() }}"):
        assert code(text, body) == "template.undefined"
    assert body == {"list": [1], "object": {"a": 1}}


def test_a_field_of_the_message_is_not_set() -> None:
    outcome = code("{% set body.x = 1 %}", {"a": 1})
    assert outcome == "template.failed"


def test_what_may_be_called() -> None:
    text = (
        "{% macro m(x) %}<{{ x }}{{ caller() if caller }}>{% endmacro %}{{ m(1) }}{% call m(2) %}c{% endcall %}"
        "{% for i in range(2) %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i) }}{% endfor %}"
        "{% set ns = namespace(n=1) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}"
    )
    assert render(text) == "<1><2c>atruebtrue2"


def test_a_template_is_one_for_all_messages() -> None:
    double = "{% for i in range(2) %}{% set ns.n = ns.n * 2 %}{% endfor %}"
    made = page("{% set ns = namespace(n=body) %}" + double + "{{ ns.n }}")
    assert [made.render(exchange(number), 100) for number in (1, 2, 1)] == ["4", "8", "4"]
