"""The policy before it is deployed: its own cases must come out, and its groups should be somebody's."""

from collections.abc import Callable
from pathlib import Path

from handler.adapters.policy.folder import SETTINGS_FILE
from handler.entrypoints.policy_check import check_policy
from infra.deploy.errors import Stopped
from infra.local.slack.cast import PLAYGROUND


def check(folder: Path, say: Callable[[str], None]) -> None:
    """Run the policy's cases as `sluice policy check` does, and say so when its groups are the playground's.

    Args:
        folder: with policy.cedar, settings.toml and cases.toml.
        say: told what is not wrong, but should be known.

    Raises:
        Stopped: the policy is not valid, or does not say what its cases expect; what is wrong has been printed.
    """
    if check_policy(folder) != 0:
        raise Stopped("Nothing was deployed: mend the policy (docs/policy.md says how), and run it again.")
    settings = (folder / SETTINGS_FILE).read_text(encoding="utf-8")
    if any(f'"{group}"' in settings for group in PLAYGROUND.groups):
        say(
            f"{SETTINGS_FILE} of the policy still names the playground's groups: until they are yours, nobody is"
            " allowed anything."
        )
