"""The contract is loaded whole, or not at all and with the place of what is wrong."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from adapty_contract.contract import SPEC_FILE, Contract, load_contract
from adapty_contract.errors import ContractDataError, UsageError
from adapty_contract.model import Level, Operation
from adapty_contract.resources import data_root

SHIPPED = load_contract()
Edit = Callable[[str, str, str], Path]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the contract's folders that a test may spoil."""
    for folder in ("openapi", "contracts"):
        shutil.copytree(data_root() / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
def edit(copy: Path) -> Edit:
    def replaced(name: str, old: str, new: str) -> Path:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not say {old!r} any more"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return replaced


def test_it_has_both_operations_on_one_path_and_sixteen_identifiers() -> None:
    assert list(SHIPPED.spec["paths"]) == [SHIPPED.path]
    operations = {operation["operationId"] for operation in SHIPPED.spec["paths"][SHIPPED.path].values()
                  if isinstance(operation, dict)}  # fmt: skip
    assert operations == set(Operation)
    assert SHIPPED.path.endswith("/profile/set/integration-identifiers/")
    assert len(SHIPPED.identifiers) == len(SHIPPED.identifier_set) == 16
    assert SHIPPED.spec_path.is_file()


def test_it_is_loaded_once_and_cannot_be_changed() -> None:
    assert load_contract() is SHIPPED
    with pytest.raises(dataclasses.FrozenInstanceError):
        SHIPPED.root = Path("elsewhere")  # type: ignore[misc]
    with pytest.raises(TypeError):
        SHIPPED.clauses["new"] = next(iter(SHIPPED.clauses.values()))  # type: ignore[index]


def test_open_clauses_are_never_must() -> None:
    assert {clause.level for clause in SHIPPED.clauses.values() if clause.open} == {Level.SHOULD}


def test_a_copy_is_the_same_contract(copy: Path) -> None:
    other = load_contract(copy)
    assert (other.digest, other.version) == (SHIPPED.digest, SHIPPED.version)
    assert other.clauses == SHIPPED.clauses


@pytest.mark.parametrize("name", [SPEC_FILE, "contracts/sources.yaml", "contracts/clauses/reading.yaml"])
def test_its_digest_tells_any_change(copy: Path, name: str) -> None:
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("# one more line\n")
    assert load_contract(copy).digest != SHIPPED.digest


def test_its_digest_tells_a_renamed_file(copy: Path) -> None:
    (copy / "contracts/schemas/clauses.schema.json").rename(copy / "contracts/schemas/clauses2.schema.json")
    (copy / "contracts/schemas/clauses.schema.json").write_bytes(
        (copy / "contracts/schemas/clauses2.schema.json").read_bytes()
    )
    assert load_contract(copy).digest != SHIPPED.digest


# --- what is wrong, and where


def test_a_folder_without_a_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractDataError, match="no contract data found") as caught:
        load_contract(tmp_path)
    assert str(tmp_path) in caught.value.what
    assert "openapi/ and contracts/" in caught.value.hint


def test_a_topic_must_be_its_files_name(copy: Path, edit: Edit) -> None:
    path = edit("contracts/clauses/reading.yaml", "topic: reading", "topic: writing")
    with pytest.raises(ContractDataError, match="topic writing differs") as caught:
        load_contract(copy)
    assert str(path) in caught.value.what


def test_a_clause_may_stand_in_one_file_only(copy: Path, edit: Edit) -> None:
    path = edit("contracts/clauses/writing.yaml", "- id: valid-write-is-200", "- id: read-is-json")
    with pytest.raises(ContractDataError, match="clause read-is-json is defined twice") as caught:
        load_contract(copy)
    assert str(path) in caught.value.what


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("after: [never-500]", "after: [never-501]", "names the clause never-501"),
        ("ledger: [flat-or-enveloped]", "ledger: [flat-or-envelope]", "names the ledger entry flat-or-envelope"),
        ("{source: YAML}", "{source: YML}", "names the source YML"),
    ],
    ids=["clause", "ledger entry", "source"],
)
def test_a_reference_to_nothing_is_refused(copy: Path, edit: Edit, old: str, new: str, said: str) -> None:
    edit("contracts/clauses/reading.yaml", old, new)
    with pytest.raises(ContractDataError, match=f"{said}, which does not exist"):
        load_contract(copy)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("level: MUST", "level: OUGHT", "level"),
        ("id: known-profile-is-read-with-200", "id: Known_Profile", "id"),
        ("operations: [getIntegrationIdentifiers]", "operations: [get]", "operations"),
        ("open: true", "open: true\n    opened: true", "clauses"),
        ("level: SHOULD\n    open: true", "level: MUST\n    open: true", "level"),
        ("after: [never-500]", "needs: [a miracle]", "needs"),
    ],
    ids=["level", "id", "operation", "unknown member", "open MUST", "need"],
)
def test_a_clause_that_breaks_the_rules_is_told_with_its_place(
    copy: Path, edit: Edit, old: str, new: str, place: str
) -> None:
    path = edit("contracts/clauses/reading.yaml", old, new)
    with pytest.raises(ContractDataError) as caught:
        load_contract(copy)
    assert caught.value.what.startswith(f"{path}: at $.clauses[")
    assert place in caught.value.what
    assert caught.value.hint == "the rules stand in clauses.schema.json"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["", "[]", "openapi: 3.1.0\npaths: {}\n", "openapi: 3.1.0\npaths: {/x: {}}\n"])
def test_a_spec_without_paths_or_schemas_is_none(copy: Path, text: str) -> None:
    (copy / SPEC_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ContractDataError, match="no OpenAPI document with paths and component schemas"):
        load_contract(copy)


@pytest.mark.parametrize("text", ["components:\n", "components: []\n", "components: {schemas: 1}\n"])
def test_a_spec_with_empty_components_is_told_as_such(copy: Path, text: str) -> None:
    (copy / SPEC_FILE).write_text(f"openapi: 3.1.0\npaths: {{/x: {{}}}}\n{text}", encoding="utf-8")
    with pytest.raises(ContractDataError):
        load_contract(copy).schema("IntegrationIdentifiers")


def test_a_missing_file_is_told_with_its_path(copy: Path) -> None:
    (copy / SPEC_FILE).unlink()
    with pytest.raises(ContractDataError, match=r"cannot be read: .*No such file"):
        load_contract(copy)


def test_a_schema_that_does_not_exist_is_named() -> None:
    with pytest.raises(ContractDataError, match="no component schema named Nothing"):
        SHIPPED.schema("Nothing")


# --- validation


@pytest.mark.parametrize(
    ("name", "value", "fits"),
    [
        ("IntegrationIdentifiersUpdate", {"branch_id": "x"}, True),
        ("IntegrationIdentifiersUpdate", {"branch_id": None}, False),
        ("IntegrationIdentifiersUpdate", {}, False),
        ("IntegrationIdentifiers", dict.fromkeys(SHIPPED.identifiers), True),
        ("IntegrationIdentifiers", {}, False),
        ("ErrorResponse", {"errors": ["x"], "error_code": "x", "status_code": 400}, True),
        ("ErrorResponse", {"errors": [1], "error_code": "x", "status_code": 400}, False),
    ],
)
def test_a_value_is_held_against_a_component_schema(name: str, value: object, fits: bool) -> None:  # noqa: FBT001
    assert SHIPPED.is_valid(name, value) is fits
    assert fits or SHIPPED.explain(name, value).startswith("$")


def test_an_explanation_names_the_place() -> None:
    assert "$.branch_id" in SHIPPED.explain("IntegrationIdentifiersUpdate", {"branch_id": 5})
    items = [{"source": None, "errors": ["x"]}, {"source": 5, "errors": ["x"]}]
    told = SHIPPED.explain("ErrorResponse", {"errors": items, "error_code": "x", "status_code": 400})
    assert told.startswith("$.errors[1].source")


def test_formats_count() -> None:
    profile = SHIPPED.spec["components"]["examples"]["ProfileAfterWrite"]["value"]
    assert SHIPPED.is_valid("ProfileResponse", profile)
    spoilt = {"data": profile["data"] | {"profile_id": "no uuid"}}
    assert not SHIPPED.is_valid("ProfileResponse", spoilt)
    assert "profile_id" in SHIPPED.explain("ProfileResponse", spoilt)


# --- selecting


def test_clauses_are_selected_by_id_and_by_topic() -> None:
    reading = {clause.id for clause in SHIPPED.clauses.values() if clause.topic == "reading"}
    assert SHIPPED.select(["reading"]) == reading
    assert SHIPPED.select(["read-is-json", "never-500"]) == {"read-is-json", "never-500"}
    assert SHIPPED.select(["reading", "read-is-json"]) == reading
    assert SHIPPED.select([]) == frozenset()


def test_an_unknown_clause_brings_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown clause or topic: read-is-jsn") as caught:
        SHIPPED.select(["reading", "read-is-jsn"])
    assert caught.value.hint.startswith("did you mean read-is-json? ")
    with pytest.raises(UsageError) as caught:
        SHIPPED.select(["zzzz"])
    assert caught.value.hint == "`adapty-contract clauses` lists them"


def test_every_need_of_a_clause_can_be_met_by_some_run() -> None:
    known = {"writes", "profile-id", "customer-user-id", "other-profile", "loopback"}
    assert {need for clause in SHIPPED.clauses.values() for need in clause.needs} <= known


def test_a_contract_is_a_value() -> None:
    assert isinstance(SHIPPED, Contract)
    assert dataclasses.replace(SHIPPED, root=Path("x")).spec_path == Path("x") / SPEC_FILE


def test_every_clause_knows_its_line() -> None:
    contract = load_contract()
    for clause in contract.clauses.values():
        assert clause.line is not None
        text = (contract.root / f"contracts/clauses/{clause.topic}.yaml").read_text(encoding="utf-8")
        assert text.splitlines()[clause.line - 1].strip() == f"- id: {clause.id}"
