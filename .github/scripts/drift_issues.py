"""Keeps one issue per finding of `adapty-contract drift --format json`, with `gh`.

A finding without an issue gets one; an issue whose finding has changed is updated; one whose finding is gone is closed,
and opened again if it comes back, unless somebody closed it as not planned. Issues are told apart by a mark on their
last line, made from the finding's id. What a page says stands in a block of code only, one line a fact, so that it
mentions nobody, links nowhere and hides nothing.

    python3 .github/scripts/drift_issues.py drift.json
    python3 .github/scripts/drift_issues.py drift.json --dry-run

Exit status: 0 done, 1 `gh` failed, 2 a report that cannot be read; then nothing was changed.
"""  # noqa: INP001  (a script)

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LABEL = "drift"
TOLD = frozenset({"drift", "gone"})
"""The kinds of finding that get an issue; what agrees, is explained, or only informs gets none."""

_MARK = "<!-- drift-finding: "
_TITLE, _TEXT = 120, 400
_INTRODUCTION = "A page of the vendor, the contract and the ledger no longer fit together, and nothing explains it.\n"
_ADVICE = """
If the page is right, change the contract (`openapi/`, `contracts/clauses/`). If it contradicts other sources, write down
the decision as an entry of `contracts/ledger/`, with the page's line and quote. `adapty-contract drift` tells the same.

The drift workflow keeps this issue: it updates it while the finding lasts, and closes it once it is gone. To hear no
more of it, close it as not planned.
"""


class ScriptError(Exception):
    """What ends the script: a sentence, and the exit status."""

    def __init__(self, what: str, status: int) -> None:
        """`what` happened and what to do."""
        super().__init__(what)
        self.status = status


@dataclass(frozen=True)
class Issue:
    """An issue as it should be, or as it is; `number` is 0 where there is none yet."""

    mark: str
    title: str
    body: str
    number: int = 0
    state: str = "OPEN"
    declined: bool = False


@dataclass(frozen=True)
class Step:
    """A call of `gh`: what for, its arguments, and what it reads."""

    what: str
    arguments: tuple[str, ...]
    body: str | None = None


def clean(value: object, limit: int) -> str:
    """A value on one line, with what is invisible written out, and of bounded length."""
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(value)[: limit * 2])
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def mark_of(finding_id: str) -> str:
    """The line that names a finding, whatever its id holds."""
    return f"{_MARK}{hashlib.sha256(finding_id.encode('utf-8', 'replace')).hexdigest()[:20]} -->"


def read_findings(path: Path) -> list[Mapping[str, Any]]:
    """The findings of a report that get an issue; raises ScriptError for what is no report."""
    try:
        report = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ScriptError(f"{path} cannot be read as JSON ({type(error).__name__}); write it with drift", 2) from error
    findings = report.get("findings") if isinstance(report, dict) else None
    if not isinstance(findings, list):
        raise ScriptError(f"{path} has no list of findings; write it with `drift --format json`", 2)
    if not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in findings):
        raise ScriptError(f"{path} has a finding without an id; write it with `drift --format json`", 2)
    return [each for each in findings if each.get("kind", each.get("outcome")) in TOLD]


def issues_for(findings: Iterable[Mapping[str, Any]]) -> dict[str, Issue]:
    """The issue of each finding, by its mark; findings of one id share theirs, each with a block of its own."""
    blocks: dict[str, list[str]] = {}
    for finding in sorted(findings, key=lambda each: str(each["id"])):
        blocks.setdefault(finding["id"], []).append(_block(finding))
    issues = {}
    for name, told in blocks.items():
        mark = mark_of(name)
        title = f"Drift: {clean(name, _TITLE)}"
        issues[mark] = Issue(mark, title, "\n".join([_INTRODUCTION, *dict.fromkeys(told), _ADVICE, f"{mark}\n"]))
    return issues


def _block(finding: Mapping[str, Any]) -> str:
    """What is known of a finding; no line of a page begins a line here, so none ends the block."""
    facts = {name: finding.get(name) for name in ("subject", "sentence", "page", "line", "quote", "rule", "id")}
    lines = finding.get("lines")
    if isinstance(lines, list) and len(lines) > 1:
        facts["line"] = ", ".join(map(str, lines))
    told = [f"{name}: {clean(value, _TEXT)}" for name, value in facts.items() if value not in (None, "")]
    return "\n".join(["```text", *told, "```"])


def read_issues(listed: Iterable[Mapping[str, Any]]) -> list[Issue]:
    """The issues that this script made, as `gh` lists them, the oldest first."""
    issues = []
    for each in listed:
        body = str(each.get("body") or "").replace("\r\n", "\n").strip()
        mark = body.rpartition("\n")[2]
        if mark.startswith(_MARK):
            declined = str(each.get("stateReason") or "").upper() == "NOT_PLANNED"
            state = str(each.get("state") or "OPEN").upper()
            issues.append(Issue(mark, str(each.get("title")), body, int(each["number"]), state, declined))
    return sorted(issues, key=lambda issue: issue.number)


def plan(wanted: Mapping[str, Issue], existing: Sequence[Issue]) -> Iterator[Step]:
    """What is to be done, so that there is one issue per finding."""
    known: dict[str, Issue] = {}
    for issue in sorted(existing, key=lambda each: (each.state != "OPEN", each.number)):
        first = known.setdefault(issue.mark, issue)
        if issue.state != "OPEN":
            continue
        if first is not issue:
            yield _close(issue, f"Issue {first.number} is about the same finding.")
        elif issue.mark not in wanted:
            yield _close(issue, "The finding is gone: the page, the contract or the ledger has changed.")
    for mark, issue in wanted.items():
        yield from _keep(issue, known.get(mark))


def _keep(issue: Issue, known: Issue | None) -> Iterator[Step]:
    """Makes an issue, or what there is of it, as it should be."""
    if known is None:
        yield Step(
            "open", ("issue", "create", f"--title={issue.title}", f"--label={LABEL}", "--body-file=-"), issue.body
        )
        return
    if known.state != "OPEN" and known.declined:
        return
    number = str(known.number)
    if known.state != "OPEN":
        yield Step("reopen", ("issue", "reopen", number, "--comment=The finding is back."))
    if (known.title, known.body) != (issue.title, issue.body.strip()):
        yield Step("update", ("issue", "edit", number, f"--title={issue.title}", "--body-file=-"), issue.body)


def _close(issue: Issue, why: str) -> Step:
    return Step("close", ("issue", "close", str(issue.number), f"--comment={why}"))


def gh(arguments: Sequence[str], body: str | None = None) -> str:
    """What `gh` answers; raises ScriptError if it fails."""
    try:
        done = subprocess.run(  # noqa: S603  (a list of arguments: no shell reads them)
            ["gh", *arguments],  # noqa: S607  (the one on the runner)
            input=body or "",
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScriptError(f"gh cannot be run: {error}", 1) from error
    if done.returncode:
        raise ScriptError(f"gh {' '.join(arguments[:2])} failed: {clean(done.stderr.strip(), _TEXT)}", 1)
    return done.stdout


def existing_issues() -> list[Issue]:
    """The issues with the label, open or closed."""
    fields = "number,title,body,state,stateReason"
    answer = gh(["issue", "list", f"--label={LABEL}", "--state=all", "--limit=1000", f"--json={fields}"])
    try:
        return read_issues(json.loads(answer))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ScriptError("gh issue list answered something else than issues", 1) from error


def keep(path: Path, most: int, *, dry_run: bool) -> None:
    """Does what the report in `path` asks for; opens at most so many issues."""
    wanted = issues_for(read_findings(path))
    steps = list(plan(wanted, existing_issues()))
    opened = [step for step in steps if step.what == "open"]
    left_out = set(map(id, opened[most:]))
    if opened and not dry_run:
        gh(["label", "create", LABEL, "--force", "--color=d93f0b", "--description=A vendor page that has changed"])
    for step in steps:
        if id(step) in left_out:
            continue
        sys.stdout.write(f"{step.what}: {clean(' '.join(step.arguments[2:4]), _TEXT)}\n")
        if not dry_run:
            gh(step.arguments, step.body)
    if left_out:
        sys.stderr.write(f"{len(left_out)} findings got no issue yet: at most {most} are opened at a time\n")


def main() -> int:
    """Runs the script."""
    parser = argparse.ArgumentParser(description="Keep one issue per finding of a drift report.")
    parser.add_argument("report", type=Path, help="what `adapty-contract drift --format json` wrote")
    parser.add_argument("--most", type=int, default=30, metavar="N", help="open at most N new issues (default: 30)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    options = parser.parse_args()
    try:
        keep(options.report, max(options.most, 0), dry_run=options.dry_run)
    except ScriptError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
