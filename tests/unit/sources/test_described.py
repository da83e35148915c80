"""What kubectl describes is what the object says.

`described/objects.yaml` was served to kubectl 1.20, 1.32 and 1.37, whose `describe` of each is in
`described/kubectl-VERSION.txt`. `differences-VERSION.txt` lists where the object read from the text differs
from the object behind it: almost all of it is what kubectl does not print.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from anyops.sources.files.detect import read_document
from anyops.sources.files.limits import Limits
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document
from anyops.world.resource import Resource

HERE = Path(__file__).parent / "described"
VERSIONS = ("1.20", "1.32", "1.37")


def described(version: str) -> list[Resource]:
    return [resource for reading in readings(version) for resource in reading.resources]


def readings(version: str) -> list[Reading]:
    name = f"kubectl-{version}.txt"
    return read_document(Document(name, (HERE / name).read_bytes()), Limits())


def objects() -> dict[tuple[str, str, str], Any]:
    loaded = yaml.safe_load_all((HERE / "objects.yaml").read_text())
    return {(o["kind"], o["metadata"].get("namespace", ""), o["metadata"]["name"]): o for o in loaded}


def differences(read: Any, real: Any, path: str) -> Iterator[str]:
    if isinstance(read, dict) and isinstance(real, dict):
        for key in sorted({*read, *real}):
            here = f"{path}/{key}"
            if key not in real:
                yield f"{here} is only read: {read[key]!r}"
            elif key not in read:
                yield f"{here} is not read"
            else:
                yield from differences(read[key], real[key], here)
    elif isinstance(read, list) and isinstance(real, list) and len(read) == len(real):
        for index, (one, other) in enumerate(zip(read, real, strict=True)):
            yield from differences(one, other, f"{path}/{index}")
    elif str(read) != str(real):
        yield f"{path} is {read!r}, not {real!r}"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_description_gives_its_object_back(version):
    known = objects()
    found = [
        line
        for r in described(version)
        for line in differences(r.body, known[r.kind, r.namespace, r.name], str(r.ref))
    ]
    assert found == (HERE / f"differences-{version}.txt").read_text().splitlines()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_value_cites_lines_of_the_text(version):
    text = (HERE / f"kubectl-{version}.txt").read_text()
    for resource in described(version):
        for path in resource.views[0].lines:
            quote = resource.views[0].quote(path)
            assert f"{quote.text}\n" in text
            assert quote.text.splitlines()


def test_a_command_without_a_name_lists_the_kind():
    listed = {pair for reading in readings("1.32") for pair in reading.listed}
    assert {("Pod", "mill"), ("Deployment", "mill"), ("Node", ""), ("ResourceQuota", "dying")} <= listed
