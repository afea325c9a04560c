"""From a work tree to a running stack: environments, artifact, local AWS, deploy; and back to nothing."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from infra.local.deploy import Deployment, Outside, deploy
from infra.local.emulator import Emulator, ensure_environment, one_at_a_time, running_emulator
from infra.local.node import ensure_node_packages
from infra.local.processes import Processes
from infra.package.build import build
from infra.package.target import host_target

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running_stack(  # noqa: PLR0913 - what is deployed, from where, and how
    outside: Outside,
    processes: Processes,
    say: Callable[[str], None],
    *,
    root: Path = ROOT,
    policy: Path | None = None,
    enforce_roles: bool = False,
) -> Iterator[Deployment]:
    """Deploy the stack of the work tree to a local AWS of its own, which ends when the context is left.

    Args:
        outside: the stand-ins for Slack and NAVER, already listening.
        processes: the registry of started programs.
        say: told the progress, one line at a time.
        root: the work tree.
        policy: the folder that is packed as `infra/policy`; by default that of the work tree.
        enforce_roles: whether the deployed IAM roles are enforced.

    Raises:
        ProcessError: something is missing or a program failed; nothing keeps running.
        infra.package.errors.BuildError: the artifact could not be built.
    """
    with local_aws(processes, say, root=root, enforce_roles=enforce_roles) as emulator:
        with one_at_a_time(root / ".playground" / "lock", say):
            ensure_node_packages(root, emulator.folder, processes, say)
            say("building the artifact")
            folder = emulator.folder / "artifacts"
            artifacts = build(root, folder, host_target(), policy=policy, say=lambda line: say(f"  {line}"))
            say(f"deploying serverless.yml to {emulator.endpoint_url}")
            deployment = deploy(root, artifacts.folder, emulator, outside, processes)
        say("deployed")
        yield deployment


@contextlib.contextmanager
def local_aws(
    processes: Processes, say: Callable[[str], None], *, root: Path = ROOT, enforce_roles: bool = False
) -> Iterator[Emulator]:
    """A local AWS with nothing in it, which ends when the context is left.

    What is slow and does not change is kept in `.playground` and `.build`. Each run has a folder of its own, so
    several may run at once; it goes with the run, but for the logs of one that failed.

    Args:
        processes: the registry of started programs.
        say: told the progress, one line at a time.
        root: the work tree.
        enforce_roles: whether IAM roles are enforced.

    Raises:
        ProcessError: it could not be installed or did not start; nothing keeps running.
    """
    home = root / ".playground"
    home.mkdir(exist_ok=True)
    with _run_folder(home, say) as folder:
        with one_at_a_time(home / "lock", say):
            python = ensure_environment(home / "venv", root / "requirements-playground.lock", folder, processes, say)
        say("starting the local AWS")
        with running_emulator(python, folder, processes, enforce_roles=enforce_roles) as emulator:
            yield emulator


@contextlib.contextmanager
def _run_folder(home: Path, say: Callable[[str], None]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=home, prefix="run-"))
    try:
        yield folder
    except Exception:
        for heavy in (folder / "artifacts", folder / "tmp"):
            shutil.rmtree(heavy, ignore_errors=True)
        say(f"the logs of this run are in {folder}")
        raise
    except BaseException:  # Ctrl-C and the like: nothing went wrong
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
