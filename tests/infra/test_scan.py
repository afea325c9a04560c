"""What cfn-lint and checkov say is read as it is, and nothing of it is passed over without a reason."""

import json

import pytest

from infra.local.stack import ROOT
from infra.scan.__main__ import EXCEPTIONS
from infra.scan.findings import Finding, exceptions, judge, of_cfn_lint, of_checkov

W3005 = Finding("cfn-lint", "W3005", "FrontLambdaFunction")
CKV = Finding("checkov", "CKV_AWS_18", "Bucket")


def test_findings_and_exceptions_that_are_the_same_are_clean() -> None:
    """Whatever was found has its reason, and whatever has a reason was found."""
    assert judge({W3005, CKV}, {CKV, W3005}).is_clean


def test_a_finding_without_a_reason_is_not_passed_over() -> None:
    """An exception is for one rule and one resource."""
    verdict = judge({W3005, CKV}, {CKV._replace(resource="Other"), W3005})
    assert (verdict.is_clean, verdict.unexpected) == (False, (CKV,))


def test_a_reason_for_nothing_is_found_out() -> None:
    """An exception outlives its finding only until the next check."""
    verdict = judge({W3005}, {CKV, W3005})
    assert (verdict.is_clean, verdict.unneeded) == (False, (CKV,))


def test_cfn_lint_s_findings_are_read() -> None:
    """A finding belongs to a resource, or to the template as a whole."""
    printed = [
        {"Rule": {"Id": "W3005"}, "Location": {"Path": ["Resources", "FrontLambdaFunction", "DependsOn", 1]}},
        {"Rule": {"Id": "E0000"}, "Location": {"Path": None}},
        {"Rule": {"Id": "W8003"}, "Location": {"Path": ["Conditions", "HasTableKey"]}},
    ]
    assert of_cfn_lint(json.dumps(printed)) == {
        W3005,
        Finding("cfn-lint", "E0000", ""),
        Finding("cfn-lint", "W8003", ""),
    }


def report(passed: int, errors: int) -> str:
    """What checkov prints of one template."""
    failed = [{"check_id": "CKV_AWS_18", "resource": "AWS::S3::Bucket.Bucket"}]
    summary = {"passed": passed, "failed": 1, "parsing_errors": errors}
    return json.dumps({"results": {"failed_checks": failed}, "summary": summary})


def test_checkov_s_findings_are_read() -> None:
    """A finding belongs to a resource by its name in the template."""
    assert of_checkov(report(passed=3, errors=0)) == {CKV}


@pytest.mark.parametrize("printed", [report(passed=0, errors=0), report(passed=3, errors=1), "{}", "[]"])
def test_a_template_that_checkov_did_not_understand_is_not_clean(printed: str) -> None:
    """To find nothing in what was not read means nothing."""
    with pytest.raises(ValueError, match="could not read"):
        of_checkov(printed)


@pytest.mark.parametrize("lacking", ["tool", "rule", "resources", "reason"])
def test_an_exception_needs_all_its_parts(lacking: str) -> None:
    """What is passed over says by which rule, where and why."""
    parts = {"tool": '"checkov"', "rule": '"CKV_AWS_18"', "resources": '["Bucket"]', "reason": '"because"'}
    whole = "[[exception]]\n" + "\n".join(f"{name} = {value}" for name, value in parts.items())
    short = "[[exception]]\n" + "\n".join(f"{name} = {value}" for name, value in parts.items() if name != lacking)
    assert exceptions(whole) == {CKV}
    with pytest.raises(ValueError, match="reason"):
        exceptions(short)


def test_the_exceptions_of_this_work_tree_can_be_read() -> None:
    """The file is as its reader wants it; `make check-aws` holds it against the tools."""
    read = exceptions((ROOT / EXCEPTIONS).read_text(encoding="utf-8"))
    assert Finding("checkov", "CKV_AWS_258", "FrontLambdaFunctionUrl") in read
