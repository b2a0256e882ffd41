"""What is said in two places is said once, and filled in or compared."""

import json
import re
import tomllib

import pytest
import yaml

from tools import addresses, chapters
from tools.verify_notebooks import BUDGET_SECONDS, DEFAULT_BUDGET_SECONDS

from .conftest import say

ROOT = chapters.ROOT
RUN_TIMES = {30: "half a minute", 60: "a minute or two", 120: "two to four minutes"}


def read(name):
    return (ROOT / name).read_text()


def test_conda_users_get_the_same_lock_and_nothing_else():
    environment = yaml.safe_load(read("environment.yml"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    python = re.search(r'requires-python = ">=([\d.]+)"', read("pyproject.toml"))
    assert conda == [f"python={python[1]}", "pip"], f"environment.yml lists packages: {conda}"
    assert pip == ["--requirement requirements.lock"], f"environment.yml lists packages: {pip}"


def test_the_lock_holds_what_the_project_asks_for():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["cpu"], *extras["book"], *extras["test"]]
    names = {re.match(r"[\w-]+", line)[0].lower() for line in wanted}
    locked = set(re.findall(r"(?m)^([\w.-]+)==", read("requirements.lock")))
    missing = sorted(names - locked)
    assert not missing, f"requirements.lock lacks {missing}; run `make lock`"


def test_the_oldest_packages_that_are_tried_are_the_oldest_that_are_allowed():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    asked = [*project["dependencies"], project["optional-dependencies"]["cpu"][0]]
    lowest = dict(re.match(r"([\w-]+)>=([\d.]+)", line).groups() for line in asked)
    tried = dict(re.findall(r"(?m)^([\w-]+)==([\d.]+)$", read("tools/lookalikes/oldest.txt")))
    assert tried.keys() == lowest.keys()
    for name, version in lowest.items():
        assert re.fullmatch(rf"{re.escape(version)}(\.0)*", tried[name]), f"{name} {tried[name]}"


def test_every_locked_package_has_a_hash_and_no_lock_holds_an_address():
    lock = read("requirements.lock")
    packages = re.split(r"(?m)^(?=[\w.-]+==)", lock)[1:]
    bare = [package.split()[0] for package in packages if "--hash=sha256:" not in package]
    assert packages
    assert not bare, f"requirements.lock: without a hash: {bare}"
    for name, text in (("requirements.lock", lock), (".npmrc", read(".npmrc"))):
        assert "://" not in text, f"{name} holds an address"
    entries = json.loads(read("package-lock.json"))["packages"]
    with_address = [name for name, entry in entries.items() if "resolved" in entry]
    assert not with_address, f"package-lock.json holds an address for {with_address}"


def test_addresses_and_version_are_those_of_pyproject():
    wrong = [str(path.relative_to(ROOT)) for path in addresses.outdated()]
    assert not wrong, f"other addresses or version than pyproject.toml in {wrong}; " + (
        "run `python -m tools.addresses`, then `make notebooks`"
    )


def test_each_colab_badge_opens_its_own_chapter():
    problems = []
    for path in chapters.texts():
        links = re.findall(r"colab\.research\.google\.com/github/\S+?\.ipynb", path.read_text())
        if [link.split("/")[-1] for link in links] != [f"{path.stem}.ipynb"]:
            problems.append(f"{path.name}: its Colab links are {links}")
    assert not problems, say(problems)


def test_no_generated_or_third_party_file_is_committed():
    ignored = {".venv", "node_modules", "_build"}
    listed = read(".gitignore").split()
    assert ignored <= {line.strip("/") for line in listed}


@pytest.mark.parametrize("chapter", sorted((ROOT / "book").glob("[0-9]*.md")), ids=lambda p: p.stem)
def test_a_chapter_promises_the_run_time_that_it_is_held_to(chapter):
    budget = BUDGET_SECONDS.get(chapter.stem.split("_")[0], DEFAULT_BUDGET_SECONDS)
    promised = re.findall(r"\*\*Run time:\*\* (.+?) on a laptop, without", chapter.read_text())
    assert promised == [RUN_TIMES[budget]]
