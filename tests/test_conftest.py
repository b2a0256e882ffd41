"""The rules that hold for every test: no network, and no silent skip of what should be verified."""

import os
import re
import socket
import subprocess
import sys
import urllib.request

import pytest

SKIPS = """
import pytest

def test_within():
    pytest.skip("NOT VERIFIED HERE: pages in a browser (no Chromium)")

@pytest.mark.skipif(True, reason="NOT VERIFIED HERE: the sandbox (no bubblewrap)")
def test_marked():
    pass

def test_other():
    pytest.skip("needs no mention")
"""
DIFFERS = """
import pytest

@pytest.mark.differs("jax", reason="an oracle")
def test_it():
    assert {}
"""
MODULE = "import pytest; pytest.skip('NOT VERIFIED HERE: a module', allow_module_level=True)"


def refused(host):
    sentence = (
        f"a test tried to reach {host!r}; tests use no network: serve what you need from "
        "127.0.0.1, or take data that ships with a dependency"
    )
    return pytest.raises(RuntimeError, match=f"^{re.escape(sentence)}$")


def test_other_machines_are_refused_by_name_and_by_number():
    with refused("example.com"):
        urllib.request.urlopen("http://example.com", timeout=1)
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as out:
            out.settimeout(0.1)
            with refused("192.0.2.1"):
                out.connect(("192.0.2.1", 80))
            with refused("192.0.2.1"):
                out.connect_ex(("192.0.2.1", 80))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_not_refused(host):
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((host, server.getsockname()[1]), timeout=5) as connection,
    ):
        assert connection.getpeername()[0] == "127.0.0.1"


def run(folder, root, *tests, **variables):
    """Run pytest with the root's conftest.py as a plugin; return its status and what it says."""
    for index, test in enumerate(tests):
        (folder / f"test_{index}.py").write_text(test)
    options = ["-q", "-p", "no:cacheprovider", "-p", "conftest", "--rootdir", str(folder)]
    left_out = ("CI", "PYTEST_ADDOPTS", "VERIFICATION_RECORD")  # its failures are none of ours
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    alone = {"PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    process = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(folder)],
        env=kept | alone | variables,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return process.returncode, process.stdout


def test_what_was_not_verified_is_named_at_the_end(tmp_path, pytestconfig):
    status, out = run(tmp_path, pytestconfig.rootpath, SKIPS, MODULE)
    assert status == 0
    block = out.partition("! NOT VERIFIED HERE !")[2].splitlines()[1:5]
    assert block == [
        "  - a module",
        "  - pages in a browser (no Chromium)",
        "  - the sandbox (no bubblewrap)",
        "With CI=true each of these is a failure.",
    ]
    assert "needs no mention" not in out


def test_in_ci_a_skip_is_a_failure(tmp_path, pytestconfig):
    status, out = run(tmp_path, pytestconfig.rootpath, SKIPS, CI="true")
    assert status == 1
    for reason in ("pages in a browser (no Chromium)", "the sandbox (no bubblewrap)"):
        assert f"NOT VERIFIED HERE: {reason} (with CI=true this is a failure)" in out
    assert "1 skipped" in out  # the one for another reason stays a skip


def test_in_ci_a_skipped_module_is_a_failure(tmp_path, pytestconfig):
    status, out = run(tmp_path, pytestconfig.rootpath, MODULE, CI="true")
    assert status == 2  # pytest: interrupted, because a module could not be collected
    assert "NOT VERIFIED HERE: a module (with CI=true this is a failure)" in out


@pytest.mark.parametrize(
    ("backend", "holds", "status", "said"),
    [
        ("jax", False, 0, "1 xfailed"),
        ("jax", True, 1, "[XPASS(strict)] an oracle"),  # nobody needs the marker any more
        ("tensorflow", True, 0, "1 passed"),
        ("tensorflow", False, 1, "1 failed"),
    ],
)
def test_a_test_that_differs_must_fail_where_it_is_marked(
    tmp_path, pytestconfig, backend, holds, status, said
):
    root = pytestconfig.rootpath
    found, out = run(tmp_path, root, DIFFERS.format(holds), KERAS_BACKEND=backend)
    assert found == status
    assert said in out
