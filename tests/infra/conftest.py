"""The generated template and the built archives, made once for the whole run."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import ROOT
from infra.local.template import generate_template
from infra.package.build import Artifacts, build
from infra.package.errors import BuildError
from infra.package.target import find_interpreter, host_target, lambda_target
from tests.infra.small_lock import lock_of

Template = dict[str, Any]


@pytest.fixture(scope="session")
def node() -> Path:
    """The folder of Node's programs; without them the tests that need the deploy tool are skipped."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are not on this machine, and the deploy tool is a Node program: install Node 20.")
    return Path(found).parent


@pytest.fixture(scope="session")
def packaged(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Template]:
    """The CloudFormation template that the deploy tool generates for a stage and parameters, without network."""
    assert node.is_dir()
    folder = tmp_path_factory.mktemp("packaged")
    made: dict[tuple[str, ...], Template] = {}

    def package(stage: str, **parameters: str) -> Template:
        given = tuple(f"{name}={value}" for name, value in parameters.items())
        if (stage, *given) not in made:
            made[stage, *given] = generate_template(ROOT, stage, folder, print, given)
        return made[stage, *given]

    return package


@pytest.fixture(scope="session")
def template(packaged: Callable[..., Template]) -> Template:
    """The template of a real stage."""
    return packaged("prod")


@pytest.fixture(scope="session")
def lambda_artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """The archives of this work tree for Lambda, as `make package` builds them."""
    try:
        find_interpreter(lambda_target())
    except BuildError as error:
        pytest.skip(str(error))
    return build(ROOT, tmp_path_factory.mktemp("lambda"), lambda_target(), say=print)


@pytest.fixture(scope="session")
def host_artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    """The archives of this work tree for the interpreter that runs, as the playground builds them."""
    return build(ROOT, tmp_path_factory.mktemp("host"), host_target(), say=print)


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of installed dependencies that the builds of small trees share, so that pip runs once."""
    return tmp_path_factory.mktemp("warm")


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """A work tree as small as a build allows, with one real dependency that is the same on every platform."""
    root = tmp_path / "tree"
    for name, text in {
        "handler/__init__.py": '"""Deployed."""\n',
        "handler/front/door.py": "def handler(event, context):\n    return {1, 2, 3, 'a', 'b'}\n",
        "handler/domain/model.py": "LIMITS = {2, 10}\n",
        "infra/policy/policy.cedar": "permit(principal, action, resource);\n",
        "handler/slack/en.toml": "",
        "handler/adapters/policy/schema.cedarschema": "",
        "infra/policy/settings.toml": "",
        "pyproject.toml": '[project]\nname = "sluice"\nversion = "1.2.3"\n',
        "requirements.lock": lock_of("idna"),
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
