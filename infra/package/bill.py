"""The bill of materials of an archive: which packages are in it, from which wheels, under which licences.

CycloneDX 1.6 as JSON (cyclonedx.org, "JSON Reference"), which scanners read. It names no time and no random number, so
that the same archive has the same bill.
"""

import email.parser
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.package.errors import BuildError
from infra.package.lock import PROJECT, Pin

LONGEST_LICENCE = 80  # some packages put the licence's whole text where its name belongs


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was installed.

    Args:
        name: as the lock spells it.
        version: as its wheel says.
        sha256: of the wheel, in hex: one of the lock's hashes.
        licence: an SPDX expression if `is_expression`, else the name the authors gave; "" when they gave none.
        is_expression: whether the licence is an SPDX expression (PEP 639).
        needs: the names of the packages it needs among those of the lock.
    """

    name: str
    version: str
    sha256: str
    licence: str
    is_expression: bool
    needs: tuple[str, ...] = ()


def installed_packages(report: Mapping[str, Any], folder: Path, pins: Iterable[Pin]) -> list[Package]:
    """What pip says it installed, in the lock's order.

    Args:
        report: pip's installation report, version 1 (pip's documentation, "Installation Report").
        folder: where the packages are, with their `.dist-info`.
        pins: what was asked for.

    Raises:
        BuildError: pip installed something else than what was asked for.
    """
    wheels = {_normal(entry["metadata"]["name"]): entry for entry in report["install"]}
    wanted = list(pins)
    if {_normal(pin.name) for pin in wanted} != set(wheels):
        raise BuildError("pip installed other packages than the lock names. Nothing was replaced. Run `make lock`.")
    licences = {_normal(path.name.partition("-")[0]): _licence(path) for path in folder.glob("*.dist-info")}
    return [
        Package(
            pin.name,
            wheels[_normal(pin.name)]["metadata"]["version"],
            wheels[_normal(pin.name)]["download_info"]["archive_info"]["hash"].removeprefix("sha256="),
            *licences[_normal(pin.name)],
            needs=tuple(other.name for other in wanted if pin.name in other.wanted_by),
        )
        for pin in wanted
    ]


def write_packages(path: Path, packages: list[Package]) -> None:
    """Keep a list of packages beside the archive that holds them."""
    path.write_text(json.dumps([asdict(package) for package in packages], indent=1), encoding="utf-8")


def read_packages(path: Path) -> list[Package]:
    """Read what `write_packages` kept."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return [Package(**{**package, "needs": tuple(package["needs"])}) for package in kept]


def write_bill(archive: Path, version: str, packages: list[Package]) -> Path:
    """Write `NAME.cdx.json` beside `NAME.zip` and return its path.

    Args:
        archive: the finished archive.
        version: of this project.
        packages: what the archive holds besides the project's own code; none is fine.
    """
    needed = {name for package in packages for name in package.needs}
    subject = f"{PROJECT}-{archive.stem}"
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": subject,
                "name": subject,
                "version": version,
                "hashes": [_hash(hashlib.sha256(archive.read_bytes()).hexdigest())],
            }
        },
        "components": [_component(package) for package in packages],
        "dependencies": [
            {"ref": subject, "dependsOn": [_ref(package) for package in packages if package.name not in needed]},
            *(
                {"ref": _ref(package), "dependsOn": [_ref(other) for other in packages if other.name in package.needs]}
                for package in packages
            ),
        ],
    }
    path = archive.with_suffix(".cdx.json")
    path.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    return path


def _component(package: Package) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": _ref(package),
        "name": package.name,
        "version": package.version,
        "purl": _ref(package),
        "hashes": [_hash(package.sha256)],
    }
    if package.licence:
        named = {"expression": package.licence} if package.is_expression else {"license": {"name": package.licence}}
        component["licenses"] = [named]
    return component


def _ref(package: Package) -> str:
    return f"pkg:pypi/{_normal(package.name)}@{package.version}"


def _hash(sha256: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": sha256}


def _licence(information: Path) -> tuple[str, bool]:
    """The licence in a wheel's metadata (core metadata 2.4), and whether it is an expression."""
    metadata = email.parser.HeaderParser().parsestr((information / "METADATA").read_text(encoding="utf-8"))
    if expression := metadata.get("License-Expression"):
        return expression.strip(), True
    for classifier in metadata.get_all("Classifier", []):
        if classifier.startswith("License ::"):
            return classifier.rpartition("::")[2].strip(), False
    named = (metadata.get("License") or "").strip()
    return ("", False) if "\n" in named or len(named) > LONGEST_LICENCE else (named, False)


def _normal(name: str) -> str:
    """A name as indexes compare it (PEP 503)."""
    return name.lower().replace("_", "-").replace(".", "-")
