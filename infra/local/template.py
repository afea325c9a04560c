"""The CloudFormation template that the deploy tool makes of serverless.yml, without network or credentials."""

import json
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from infra.local.emulator import one_at_a_time
from infra.local.node import ensure_node_packages, node_program, osls
from infra.local.processes import Processes

NAME = "cloudformation-template-update-stack.json"


def generate_template(
    root: Path, stage: str, folder: Path, say: Callable[[str], None], parameters: Sequence[str] = ()
) -> dict[str, Any]:
    """Generate a stage's template into a folder and return it.

    Args:
        root: the work tree, with serverless.yml.
        stage: the stage.
        folder: gets the template (``NAME``) in a folder of the stage's name, and the log.
        say: told when it takes long.
        parameters: ``name=value`` for each ``--param``.

    Raises:
        ProcessError: Node is missing, or the deploy tool refused serverless.yml.
    """
    for name in ("front.zip", "worker.zip"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("empty", "")
    path = os.pathsep.join([str(node_program("node").parent), os.defpath])
    base = {"PATH": path, "HOME": str(folder), "TMPDIR": str(folder)}
    words = ["package", "--stage", stage, f"--param=artifacts={folder}", "--package", str(folder / stage)]
    words += [f"--param={parameter}" for parameter in parameters]
    home = root / ".playground"
    home.mkdir(exist_ok=True)
    with Processes() as processes, one_at_a_time(home / "lock", say):
        ensure_node_packages(root, folder, processes, say)
        processes.run(osls(root, words, base, folder / f"{stage}.log"))
    template: dict[str, Any] = json.loads((folder / stage / NAME).read_text(encoding="utf-8"))
    return template
