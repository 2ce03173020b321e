"""The distributions, built once, and an environment of its own in which the wheel is installed."""

from __future__ import annotations

import json
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest

from support.distributions import ROOT, Environment, build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def unpacked_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (tree,) = folder.iterdir()
    return tree


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel alone in a fresh environment; its dependencies are seen in this process's environment.

    A path in a `.pth` file shows the packages there, but not what their own `.pth` files add: not the checkout.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    environment = Environment(home, tmp_path_factory.mktemp("empty"))
    done = environment.run("python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    assert done.returncode == 0, done.stderr
    own = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})["purelib"]
    others = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(own) / "dependencies.pth").write_text("\n".join(sorted(others)) + "\n", encoding="utf-8")
    return environment


@pytest.fixture(scope="session")
def verified(installed: Environment) -> dict[str, object]:
    """The record of a run of the installed command on its embedded mock."""
    done = installed.run("adapty-contract", "verify", "--budget", "0s", "--json")
    assert done.returncode == 0, done.stderr
    record: dict[str, object] = json.loads(done.stdout)
    return record
