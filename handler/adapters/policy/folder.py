"""The policy's folder as texts, and their version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handler.domain.errors import PolicyInvalid

if TYPE_CHECKING:
    from pathlib import Path

POLICY_FILE: Final = "policy.cedar"
SETTINGS_FILE: Final = "settings.toml"
CASES_FILE: Final = "cases.toml"

_VERSION_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The three files as text, without a byte order mark and with newlines only; ``cases`` is None without its file."""

    policy: str
    settings: str
    cases: str | None = None

    @property
    def version(self) -> str:
        """The first 12 hex digits of a SHA-256 over the names and texts: the same for the same words on any machine."""
        named = [[POLICY_FILE, self.policy], [SETTINGS_FILE, self.settings], [CASES_FILE, self.cases]]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:_VERSION_LENGTH]


def read_texts(folder: Path) -> PolicyTexts:
    """Read the policy's folder. Raises PolicyInvalid with every file that is missing or not text."""
    if not folder.is_dir():
        wanted = f"name the one with {POLICY_FILE} and {SETTINGS_FILE}, on the command line or in POLICY_DIR"
        raise PolicyInvalid((f"{folder} is not a folder: {wanted}.",))
    problems: list[str] = []
    policy = _read(folder / POLICY_FILE, problems)
    settings = _read(folder / SETTINGS_FILE, problems)
    cases = _read(folder / CASES_FILE, problems) if (folder / CASES_FILE).exists() else None
    if problems:
        raise PolicyInvalid(tuple(problems))
    return PolicyTexts(policy, settings, cases)


def _read(path: Path, problems: list[str]) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problems.append(f"{path} is missing.")
    except OSError as error:
        problems.append(f"{path} could not be read: {error.strerror}.")
    except UnicodeDecodeError as error:
        problems.append(f"{path} is not UTF-8 text: byte {error.start + 1} cannot be read; save it as UTF-8.")
    else:
        return text.replace("\r\n", "\n").replace("\r", "\n")
    return ""
