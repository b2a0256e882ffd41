"""Importing changes nothing: no output, no seed, no setting, and nothing heavy where it says so."""

import json
import os
import pkgutil
import subprocess
import sys
from importlib import resources
from zipfile import ZipFile

import pytest

import cnnutils

# Other versions of the dependencies deprecate other things: tools/check_versions.sh says "ignore".
WARNINGS = os.environ.get("PYTHONWARNINGS", "error")

# A module inside one of these packages cannot be imported without the package itself.
MODULES = ["cnnutils"] + [
    module.name for module in pkgutil.iter_modules(cnnutils.__path__, "cnnutils.")
]
HEAVY = ["keras", "tensorflow", "jax", "torch", "matplotlib", "sklearn", "skimage", "scipy"]

# What each module of floors 0, 1 and 3 may bring with it when it is imported; the networks of
# floor 2 need Keras.
LIGHT = {
    "cnnutils": [],
    "cnnutils._checks": [],
    "cnnutils.shapes": [],
    "cnnutils.boxes": [],
    "cnnutils.detect": [],
    "cnnutils.ops": [],
    "cnnutils.verify": [],
    "cnnutils.device": [],
    "cnnutils.data": [],
    "cnnutils.homework": [],
    "cnnutils.plots": ["matplotlib"],
}

SCRIPT = """
import importlib, json, os, random, sys
import numpy
settings = []
if sys.argv[2] == "matplotlib":
    import matplotlib
    settings = [str(sorted(matplotlib.rcParams.items()))]
state = lambda: [dict(os.environ), str(random.getstate()), str(numpy.random.get_state())]
before = state()
importlib.import_module(sys.argv[1])
if settings:
    settings.append(str(sorted(matplotlib.rcParams.items())))
print(json.dumps({
    "unchanged": [a == b for a, b in zip(before, state())] + [len(set(settings)) < 2],
    "modules": [name for name in sys.modules if "." not in name],
}))
"""


def import_alone(name):
    watch = "matplotlib" if "matplotlib" in LIGHT.get(name, []) else ""
    process = subprocess.run(
        [sys.executable, "-W", WARNINGS, "-c", SCRIPT, name, watch],
        capture_output=True,
        text=True,
        timeout=120,
        env={key: value for key, value in os.environ.items() if not key.startswith("COV_")},
    )
    assert (process.returncode, process.stderr) == (0, "")
    (line,) = process.stdout.splitlines()  # ours alone: the import printed nothing
    return json.loads(line)


@pytest.mark.parametrize("name", MODULES)
def test_importing_a_module_alone_prints_and_changes_nothing(name):
    found = import_alone(name)
    if name in LIGHT:
        assert [heavy for heavy in HEAVY if heavy in found["modules"]] == LIGHT[name]
    if "keras" not in found["modules"]:  # Keras itself sets a variable
        assert found["unchanged"] == [True, True, True, True]


def test_the_table_above_names_modules_that_exist():
    assert set(LIGHT) <= set(MODULES)


def test_the_style_is_part_of_the_package():
    assert (resources.files("cnnutils") / "book.mplstyle").is_file()


def test_the_style_is_part_of_the_wheel(tmp_path, pytestconfig):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=pytestconfig.rootpath, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    assert "cnnutils/book.mplstyle" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"cnnutils"}
