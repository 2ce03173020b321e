"""What is said to need one file needs no other."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapty_contract.contract import SPEC_FILE, Contract, load_contract
from adapty_contract.interrupts import Interrupt
from adapty_contract.mock.embedded import embedded_mock
from adapty_contract.model import Operation
from adapty_contract.options import VerifyOptions
from adapty_contract.plan import Plan
from adapty_contract.record import to_json
from adapty_contract.reporters.progress import SilentProgress
from adapty_contract.resources import data_root
from adapty_contract.runner import run
from adapty_contract.target import parse_target

NEW = "zeta_user_id"


@pytest.fixture
def longer(tmp_path: Path) -> Contract:
    """The contract with one more identifier in its spec, and nothing else changed."""
    for folder in ("openapi", "contracts"):
        shutil.copytree(data_root() / folder, tmp_path / folder)
    spec = yaml.safe_load((tmp_path / SPEC_FILE).read_text(encoding="utf-8"))
    _add(spec["components"]["schemas"])
    (tmp_path / SPEC_FILE).write_text(yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return load_contract(tmp_path)


def _add(schemas: dict[str, Any]) -> None:
    like = load_contract().identifiers[-1]
    schemas[NEW] = copy.deepcopy(schemas[like])
    schemas["IntegrationIdentifiers"]["required"].append(NEW)
    for name in ("IntegrationIdentifiers", "IntegrationIdentifiersUpdate"):
        properties = schemas[name]["properties"]
        properties[NEW] = json.loads(json.dumps(properties[like]).replace(like, NEW))


def test_an_identifier_more_needs_the_spec_alone(longer: Contract) -> None:
    options = VerifyOptions(budget=0)
    with embedded_mock(longer, (), (), options.seed) as mock:
        target = parse_target(mock.url, longer.path, embedded=True)
        record = run(Plan(options, longer, target, mock.key, mock.profile, mock.other, SilentProgress(), Interrupt()))
    assert (record.stopped, record.exit_code) == (None, 0)
    sent = [exchange for exchange in to_json(record)["exchanges"] if NEW in json.dumps(exchange["request"])]
    assert Operation.SET in {exchange["operation"] for exchange in sent}
