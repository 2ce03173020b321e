"""Our own YAML is read without surprises: no second value for a key, no text that turns into a date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapty_contract.errors import ContractDataError
from adapty_contract.yamldata import read_yaml, require_valid


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.yaml"


def test_scalars_are_what_they_look_like(file: Path) -> None:
    file.write_text("text: ä 😀\nnumber: 5\nyes_no: true\nnothing: null\nlist: [1, a]\n", encoding="utf-8")
    assert read_yaml(file) == {"text": "ä 😀", "number": 5, "yes_no": True, "nothing": None, "list": [1, "a"]}


@pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01T10:00:00Z", "2026-03-01 10:00:00"])
def test_an_unquoted_date_stays_text_or_is_refused_with_its_place(file: Path, text: str) -> None:
    file.write_text(f"a: 1\nread: {text}\n", encoding="utf-8")
    try:
        data = read_yaml(file)
    except ContractDataError as error:
        assert f"{file}:2" in error.what  # noqa: PT017
    else:
        assert data["read"] == text


@pytest.mark.parametrize(
    "text",
    ["a: 1\nb: 2\na: 3\n", "x:\n  deep: 1\n  deep: 1\n", "- {a: 1, a: 2}\n"],
    ids=["at the top", "nested and equal", "in one line"],
)
def test_a_key_that_stands_twice_is_refused_with_file_and_line(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractDataError) as caught:
        read_yaml(file)
    line = 1 if text.startswith("-") else 3
    assert f"{file}:{line}" in caught.value.what
    key = "deep" if "deep" in text else "a"
    assert key in caught.value.what.removeprefix(f"{file}:{line}")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: 1\nb: [1, 2\nc: 3\n", 3), ("a: 1\n\tb: 2\n", 2), ("a: 'open\n", 2), ("a: b: c\n", 1), ("%\n", 1)],
    ids=["open list", "tab", "open quote", "two colons", "directive"],
)
def test_broken_yaml_is_told_with_file_and_line(file: Path, text: str, line: int) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractDataError, match="no valid YAML: ") as caught:
        read_yaml(file)
    assert caught.value.what.startswith(f"{file}:{line}: ")


def test_tags_of_python_objects_are_refused(file: Path) -> None:
    file.write_text("!!python/object/apply:os.system ['true']\n", encoding="utf-8")
    with pytest.raises(ContractDataError, match=r"data\.yaml:1: no valid YAML"):
        read_yaml(file)


def test_two_documents_are_refused(file: Path) -> None:
    file.write_text("a: 1\n---\nb: 2\n", encoding="utf-8")
    with pytest.raises(ContractDataError, match="no valid YAML"):
        read_yaml(file)


def test_a_control_character_is_told_as_no_yaml(file: Path) -> None:
    file.write_bytes(b"a: \x01\n")
    with pytest.raises(ContractDataError, match="no valid YAML"):
        read_yaml(file)


def test_other_encodings_are_told(file: Path) -> None:
    file.write_bytes("a: ä\n".encode("latin-1"))
    with pytest.raises(ContractDataError, match=r"cannot be read: .*utf-8"):
        read_yaml(file)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(ContractDataError, match=r"nowhere\.yaml cannot be read: .*No such file"):
        read_yaml(tmp_path / "nowhere.yaml")
    with pytest.raises(ContractDataError, match="cannot be read: "):
        read_yaml(tmp_path)


def test_what_does_not_fit_its_schema_is_told_with_its_place(file: Path) -> None:
    schema = file.with_name("rules.schema.json")
    schema.write_text(
        json.dumps({"type": "object", "properties": {"a": {"items": {"type": "integer"}}}}), encoding="utf-8"
    )
    require_valid({"a": [1, 2]}, schema, file)
    with pytest.raises(ContractDataError) as caught:
        require_valid({"a": [1, "two"]}, schema, file)
    assert caught.value.what == f"{file}: at $.a[1]: 'two' is not of type 'integer'"
    assert caught.value.hint == "the rules stand in rules.schema.json"
