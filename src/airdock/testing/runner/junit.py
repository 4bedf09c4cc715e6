"""The results of tests as JUnit XML, which every CI server reads."""

import re
from typing import Any
from xml.etree import ElementTree as Xml

from airdock.testing.runner.results import CaseResult, FileResult, TestReport

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: TestReport) -> str:
    """The whole document."""
    root = _element("testsuites", name="airdock test", **_counts(report.files))
    for file in report.files:
        suite = _element("testsuite", name=file.shown, **_counts([file]))
        root.append(suite)
        for problem in file.problems:
            case = Xml.SubElement(
                suite, "testcase", _attributes(name="(the file)", classname=file.path, file=file.shown)
            )
            _said(case, "error", str(problem), str(problem))
        suite.extend(_case(case, file) for case in file.cases)
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(case: CaseResult, file: FileResult) -> Xml.Element:
    seconds = f"{case.seconds:.6f}"
    made = _element(
        "testcase", name=case.name, classname=file.path, file=file.shown, line=case.place.line, time=seconds
    )
    if case.outcome == "skipped":
        _said(made, "skipped", case.reason, "")
    elif case.failures:
        text = "\n\n".join(failure.text for failure in case.failures)
        _said(made, "failure", case.failures[0].message, text)
    return made


def _counts(files: list[FileResult]) -> dict[str, Any]:
    cases = [case for file in files for case in file.cases]
    errors = sum(len(file.problems) for file in files)
    return {
        "tests": len(cases) + errors,
        "failures": sum(1 for case in cases if case.outcome == "failed"),
        "errors": errors,
        "skipped": sum(1 for case in cases if case.outcome == "skipped"),
        "time": f"{sum(case.seconds for case in cases):.6f}",
    }


def _element(tag: str, **attributes: Any) -> Xml.Element:
    return Xml.Element(tag, _attributes(**attributes))


def _attributes(**attributes: Any) -> dict[str, str]:
    return {name: _text(str(value)) for name, value in attributes.items()}


def _said(parent: Xml.Element, tag: str, message: str, text: str) -> None:
    child = Xml.SubElement(parent, tag, _attributes(message=message))
    child.text = _text(text)


def _text(text: str) -> str:
    """What XML can hold."""
    return _NO_XML.sub("\ufffd", text)
