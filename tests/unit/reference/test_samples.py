"""The code samples: whole, alike, and made from the spec."""

from __future__ import annotations

import ast
import dataclasses
import shutil
import subprocess
from pathlib import Path
from types import MappingProxyType

import pytest

from adapty_contract.contract import Contract, load_contract
from adapty_contract.model import Operation
from adapty_contract.reference.samples import Sample, samples

CONTRACT = load_contract()
ALL = [sample for operation in Operation for sample in samples(CONTRACT, operation)]
each_sample = pytest.mark.parametrize("sample", [pytest.param(sample, id=sample.id) for sample in ALL])


def test_both_operations_have_the_same_ways() -> None:
    reads, writes = (samples(CONTRACT, operation) for operation in Operation)
    assert [(sample.language, sample.title) for sample in reads] == [
        (sample.language, sample.title) for sample in writes
    ]
    assert [sample.title for sample in reads] == ["curl", "Python, httpx", "Python, requests", "JavaScript, fetch"]


def test_every_sample_has_an_id_of_its_own_and_its_own_template() -> None:
    ids = [sample.id for sample in ALL]
    folder = Path(__file__).parents[3] / "src/adapty_contract/reference/templates/samples"
    assert sorted(ids) == sorted(path.stem for path in folder.iterdir())
    assert len(set(ids)) == len(ids)


@each_sample
def test_a_sample_is_short_and_tidy(sample: Sample) -> None:
    lines = sample.code.splitlines()
    assert sample.code.endswith("\n")
    assert not sample.code.endswith("\n\n")
    assert len(lines) <= 40
    assert [line for line in lines if len(line) > 120 or line != line.rstrip()] == []


@each_sample
def test_a_sample_takes_everything_from_the_spec_and_the_key_from_the_environment(sample: Sample) -> None:
    (server,) = CONTRACT.spec["servers"]
    assert sample.code.count(server["url"]) == 1
    assert sample.code.count(CONTRACT.path) == 1
    assert "ADAPTY_API_KEY" in sample.code
    assert "adapty-customer-user-id" in sample.code
    assert "&#" not in sample.code, "the page that shows it escapes it"


@each_sample
def test_a_sample_can_be_read_by_its_language(sample: Sample, tmp_path: Path) -> None:
    if sample.language == "python":
        ast.parse(sample.code)
        return
    file = tmp_path / ("sample.mjs" if sample.language == "javascript" else "sample.sh")
    file.write_text(sample.code, encoding="utf-8")
    program = "node --check" if sample.language == "javascript" else "sh -n"
    assert shutil.which(program.split(maxsplit=1)[0])
    subprocess.run([*program.split(), str(file)], check=True, timeout=30)


@pytest.mark.parametrize("operation", Operation)
def test_the_header_of_the_key_is_that_of_the_spec(operation: Operation) -> None:
    components = CONTRACT.spec["components"]
    (scheme,) = components["securitySchemes"].values()
    other = {"Other": {**scheme, "name": "X-Other", "x-value-prefix": "Word "}}
    spec = MappingProxyType({**CONTRACT.spec, "components": {**components, "securitySchemes": other}})
    bent = samples(dataclasses.replace(CONTRACT, spec=spec), operation)
    for plain, sample in zip(samples(CONTRACT, operation), bent, strict=True):
        assert sample.code == plain.code.replace("Authorization", "X-Other").replace("Api-Key ", "Word ")
        assert "Word " in sample.code


def test_values_of_the_spec_that_need_quotes_get_them(tmp_path: Path) -> None:
    hostile = """o'hara "$(touch made)" `x` \\"""
    for sample in samples(_with_customer(hostile), Operation.GET):
        assert hostile not in sample.code or sample.language == "sh"
        if sample.language == "sh":
            file = tmp_path / "sample.sh"
            head, _, _ = sample.code.partition("# The key goes")
            file.write_text(head + 'printf %s "$CUSTOMER_USER_ID"\n', encoding="utf-8")
            done = subprocess.run(
                ["sh", str(file)], capture_output=True, text=True, check=True, env={"ADAPTY_API_KEY": "x"}, cwd=tmp_path
            )
            assert done.stdout == hostile
        if sample.language == "python":
            assert hostile in [
                node.value for node in ast.walk(ast.parse(sample.code)) if isinstance(node, ast.Constant)
            ]
    assert not (tmp_path / "made").exists()


def _with_customer(value: str) -> Contract:
    """The contract with another example of a customer user id."""
    parameters = CONTRACT.spec["components"]["parameters"]
    header = {**parameters["adapty-customer-user-id"], "examples": {"odd": {"value": value}}}
    components = {**CONTRACT.spec["components"], "parameters": {**parameters, "adapty-customer-user-id": header}}
    return dataclasses.replace(CONTRACT, spec=MappingProxyType({**CONTRACT.spec, "components": components}))
