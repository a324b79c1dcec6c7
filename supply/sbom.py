"""Write the bill of materials of the locked packages: CycloneDX 1.6, JSON, the same bytes for the same lock.

Needs cyclonedx-python-lib, which is in supply/requirements.lock alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import Distribution
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from supply.licences import licences
from supply.lock import ROOT, LockedPackage, names, needs, read_lock


def bill(lock: Path, found: Mapping[str, Distribution]) -> str:
    """Return the bill of a lock. Raises ValueError when it is not as its schema asks."""
    packages = read_lock(lock)
    said = licences(packages, found)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, sha256(lock.read_bytes()).hexdigest()))
    bom.metadata.timestamp = None
    program = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        licenses=[LicenseFactory().make_from_string(project["license"]["text"])],
    )
    bom.metadata.component = program
    parts = {one.name: _component(one, said[one.name]) for one in packages}
    bom.components.update(parts.values())
    extras = [one for some in project["optional-dependencies"].values() for one in some]
    bom.register_dependency(program, [parts[name] for name in names([*project["dependencies"], *extras], parts)])
    for name, part in parts.items():
        bom.register_dependency(part, [parts[each] for each in needs(found[name], parts)] if name in found else [])
    written = str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(written)
    if wrong is not None:
        raise ValueError(f"the bill of materials is not as its schema asks: {wrong}")
    return written


def _component(package: LockedPackage, licence: str | None) -> Component:
    purl = PackageURL("pypi", name=package.name, version=package.version)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=purl.to_string(),
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in package.hashes],
        licenses=[LicenseFactory().make_from_string(licence)] if licence else (),
    )


def summary(packages: Sequence[LockedPackage], said: Mapping[str, str | None]) -> str:
    """Return one line on what the bill has."""
    files, known = sum(len(one.hashes) for one in packages), sum(licence is not None for licence in said.values())
    return f"{len(packages)} packages, {files} SHA-256 of files, {known} licences; valid CycloneDX 1.6"
