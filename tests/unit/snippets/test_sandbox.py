"""A sample can do its work and nothing else, and nothing of it stays."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adapty_contract.snippets import landlock, seccomp
from adapty_contract.snippets.sandbox import MAX_OUTPUT, PROTECTIONS, Ended, Program, lacking, readable, run

NEEDS = (Path(sys.prefix), Path(sys.base_prefix))
on_linux = pytest.mark.skipif(landlock.version() < 6 or os.uname().machine != "x86_64", reason="no Landlock 6 here")

Run = Callable[..., Ended]


@pytest.fixture
def sandboxed(tmp_path: Path) -> Run:
    def call(code: str, *, timeout: float = 10, port: int = 9) -> Ended:
        folder = tmp_path / "sandbox"
        folder.mkdir()
        program = Program((sys.executable, "-S"), "sample.py", code, needs=NEEDS)
        return run(program, folder, port, timeout)

    return call


def test_a_program_runs_in_an_empty_folder_with_few_variables(sandboxed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ADAPTY_API_KEY", "PYTHONPATH", "NODE_OPTIONS"):
        monkeypatch.setenv(name, "http://secret")
    ended = sandboxed("import os\nprint(os.listdir(), os.getcwd() == os.environ['HOME'], sorted(os.environ))")
    assert ended.status == 0
    assert ended.out.startswith("[] True ['HOME', 'LANG',")
    assert not {"HTTPS_PROXY", "ADAPTY_API_KEY", "PYTHONPATH", "NODE_OPTIONS"} & set(ended.out.split("'"))
    assert "secret" not in ended.out


def test_status_output_and_errors_are_told(sandboxed: Run) -> None:
    ended = sandboxed("import sys\nprint('out')\nsys.exit('err')")
    assert (ended.status, ended.out, ended.err) == (1, "out\n", "err\n")


def test_what_does_not_end_is_ended_with_all_that_it_started(sandboxed: Run, tmp_path: Path) -> None:
    code = (
        "import os, time\n"
        "for _ in range(2):\n"
        "    if os.fork() == 0: os.setsid()\n"
        "open(f'{os.getpid()}', 'w').close()\n"
        "print('started', flush=True)\n"
        "time.sleep(60)"
    )
    ended = sandboxed(code, timeout=1)
    assert ended.status is None
    pids = [int(path.name) for path in (tmp_path / "sandbox/work").iterdir()]
    assert len(pids) == 4
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_children_that_outlive_their_parent_do_not_stay(sandboxed: Run) -> None:
    code = "import os, time\npid = os.fork()\nif pid == 0:\n    os.setsid(); time.sleep(60)\nprint(pid)"
    ended = sandboxed(code)
    assert ended.status == 0
    assert not Path(f"/proc/{ended.out.strip()}").exists()


def test_output_is_kept_up_to_a_limit(sandboxed: Run) -> None:
    ended = sandboxed("import sys\nsys.stdout.write('x' * 1_000_000)")
    assert (ended.status, len(ended.out)) == (0, MAX_OUTPUT)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no limit on data")
@pytest.mark.parametrize(
    "code", ["bytearray(3 * 10**9)", "open('f', 'wb').write(b'x' * 2**25)"], ids=["memory", "file-size"]
)
def test_limits_hold(sandboxed: Run, code: str) -> None:
    assert sandboxed(code).status != 0


def test_what_cannot_be_started_says_so(tmp_path: Path) -> None:
    ended = run(Program(("/nonexistent",), "x", ""), tmp_path, 9, 5)
    assert "FileNotFoundError" in ended.failed


@on_linux
@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import os; os.listdir(os.path.expanduser('~root'))", id="home"),
        pytest.param("open('/tmp/adapty-contract-test', 'w')", id="write"),
        pytest.param("open('../sample.py', 'a')", id="own-source"),
        pytest.param(f"import os; os.kill({os.getpid()}, 0)", id="signal"),
        pytest.param(f"open('/proc/{os.getpid()}/environ').read()", id="environment-of-others"),
        pytest.param("import os; os.listdir('/proc')", id="processes"),
        pytest.param("import os; os.chroot('/')", id="powers-of-root"),
        pytest.param("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", id="udp"),
        pytest.param("import socket; socket.socket(socket.AF_UNIX)", id="local-socket"),
        pytest.param("import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)", id="mptcp"),
        pytest.param(
            "import socket; socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', 1))", id="connect-by-sending"
        ),
        pytest.param("import socket; socket.socket().bind(('127.0.0.1', 0))", id="listen"),
    ],
)
def test_what_a_sample_has_no_business_with_is_refused(sandboxed: Run, code: str) -> None:
    ended = sandboxed(f"try:\n    {code}\nexcept OSError as error:\n    print(type(error).__name__, error.errno)")
    assert ended.status == 0, ended.err
    assert ended.out.startswith(("PermissionError", "OSError 97")), ended.out


@on_linux
def test_only_the_port_of_the_mock_is_reached(sandboxed: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mock, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [each.getsockname()[1] for each in (mock, other)]
        ended = sandboxed(
            "import socket\n"
            f"for port in {ports}:\n"
            "    try: socket.create_connection(('127.0.0.1', port)).close(); print('reached')\n"
            "    except OSError as error: print(type(error).__name__)",
            port=ports[0],
        )
    assert ended.out.split() == ["reached", "PermissionError"]
    assert lacking(ended.confined) == ()


def test_what_is_not_ensured_is_said() -> None:
    assert lacking(["files", "signals"]) == (PROTECTIONS["network"], PROTECTIONS["sockets"])


def test_readable_folders_hold_no_home_and_all_else(tmp_path: Path) -> None:
    for name in ("a/home/me/.ssh", "a/home/you", "a/etc", "b"):
        (tmp_path / name).mkdir(parents=True)
    found = set(readable(frozenset({tmp_path / "a/home/me"}), tmp_path))
    assert found == {tmp_path / "b", tmp_path / "a/etc", tmp_path / "a/home/you"}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_no_jump_of_the_filter_leaves_it(machine: str) -> None:
    program = seccomp.assemble(*seccomp._MACHINES[machine])
    steps = [program[at : at + 8] for at in range(0, len(program), 8)]
    assert len(program) % 8 == 0
    assert all(at + 1 + max(step[2], step[3]) < len(steps) for at, step in enumerate(steps[:-1]))
    assert steps[-1][0] == seccomp._RETURN


def test_a_kernel_without_landlock_restricts_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert landlock.restrict(["/"], [], 9) == set()
    assert len(lacking(())) == len(PROTECTIONS)
