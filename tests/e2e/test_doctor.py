"""``sluice doctor`` on the deployed stack, as an operator calls it: all green, and what is red when it is spoilt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from handler.adapters.scopes import SCOPES
from infra.local.shell import doctor_words, exports, variables

if TYPE_CHECKING:
    from infra.local.playground import Playground

pytestmark = pytest.mark.xdist_group("playground")  # one playground, whichever process runs these

ROOT = Path(__file__).resolve().parents[2]


def sluice(up: Playground, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Call the command in a shell that has read the playground's file."""
    return called(up, "handler.entrypoints.cli", *words, **environ)


def called(up: Playground, module: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Call a program in such a shell."""
    told = {**variables(up.deployment, up.dataflow_url), "PATH": os.defpath, "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(  # noqa: S603 - words of the tests only
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def red(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the red lines of a doctor's JSON: check → what is wrong."""
    checks = json.loads(done.stdout)["checks"]
    return {each["check"]: each["wrong"] for each in checks if each["result"] == "red"}


def test_the_playground_is_in_order(up: Playground) -> None:
    """The real stack answers every check that is made of it, and the exit code says so."""
    done = sluice(up, *doctor_words(up.deployment))

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"scopes              ok   all {len(SCOPES)}\n" in done.stdout
    assert done.stdout.endswith(" ok, 0 red, 2 not checked.\n")


def test_a_secret_with_wrong_keys_is_red_and_what_needs_it_is_not_checked(up: Playground) -> None:
    """One sentence says what is wrong with it, and the exit code is 1."""
    manager = up.deployment.client("secretsmanager")
    kept = manager.get_secret_value(SecretId="sluice/playground/ncp")["SecretString"]
    manager.put_secret_value(SecretId="sluice/playground/ncp", SecretString='{"access": "a", "secret": "b"}')
    try:
        done = sluice(up, *doctor_words(up.deployment), "--json")
    finally:
        manager.put_secret_value(SecretId="sluice/playground/ncp", SecretString=kept)

    assert done.returncode == 1
    assert red(done) == {
        "NAVER keys": 'The secret sluice/playground/ncp cannot be used: it has no "access_key", or not as a text with'
        ' something in it. The secret sluice/playground/ncp cannot be used: it has no "secret_key", or not as a text'
        " with something in it."
    }


def test_the_wrong_region_is_one_sentence(up: Playground) -> None:
    """Where there is no such stack, that is all that is red."""
    done = sluice(up, *doctor_words(up.deployment), "--json", "--region", "eu-north-1")

    assert done.returncode == 1
    assert red(done) == {"stack": "There is no stack sluice-playground in the region eu-north-1 of this account."}


def test_a_laptop_is_in_order_with_a_token(up: Playground) -> None:
    """The file that the playground writes holds all that `sluice socket` needs but Slack's tokens."""
    done = sluice(up, "doctor", "--json", SLACK_BOT_TOKEN="xoxb-playground", SLACK_API_URL=up.workspace.api_url)

    assert (done.returncode, red(done)) == (0, {})


def test_the_manifest_takes_address_and_command_from_the_stage(up: Playground) -> None:
    """What is pasted at Slack is where the deployed door is, under the name that the functions go by."""
    done = called(up, "infra.slack", "--stage", "playground")
    manifest = json.loads(done.stdout)
    url = manifest["settings"]["interactivity"]["request_url"]

    assert (done.returncode, done.stderr) == (0, "")
    assert urlsplit(url).netloc == up.deployment.front_host_header
    assert [(each["command"], each["url"]) for each in manifest["features"]["slash_commands"]] == [("/dataflow", url)]


def test_the_file_for_a_shell_says_what_the_program_is_told(up: Playground, tmp_path: Path) -> None:
    """A shell that reads it has each variable, and no profile of the user's own."""
    told = variables(up.deployment, up.dataflow_url)
    (tmp_path / "env").write_text(exports(told), "utf-8")
    script = f". {tmp_path / 'env'} && exec {sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    shell = ["/bin/sh", "-c", script]
    done = subprocess.run(shell, env={"AWS_PROFILE": "work"}, capture_output=True, text=True, check=True)  # noqa: S603 - words of the tests only
    seen = json.loads(done.stdout)

    assert {name: seen[name] for name in told} == told
    assert "AWS_PROFILE" not in seen
