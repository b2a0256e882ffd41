"""Fetch one notebook from each student's repository, and run nothing that is in it.

Usage: python collect.py students.txt hw01.ipynb submissions

Writes submissions/NAME/hw01.ipynb for each student who has handed in, and submissions/commits.csv,
which says what was collected. The status is 1 where a repository could not be fetched: that is not
the student's fault, and no reason for a 0. SUBMISSIONS_TOKEN, if it is set, opens private ones.
"""

import base64
import csv
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
LARGEST_BYTES = 20 * 2**20
SECONDS = 120


def students(path: Path) -> dict[str, str]:
    """Return name → address of the repository."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) != 2 or not NAME.fullmatch(words[0]) or words[1].startswith("-"):
            raise SystemExit(f"{path}: a line should read: name address, and not: {line}")
        if words[0].lower() in {name.lower() for name in found}:
            raise SystemExit(f"{path}: {words[0]} stands there twice.")
        found[words[0]] = words[1]
    if not found:
        raise SystemExit(f"{path} names no student.")
    return found


def environment() -> dict[str, str]:
    """Return git's environment: it asks nothing, and shows the token to GitHub alone."""
    given = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1"}
    token = given.pop("SUBMISSIONS_TOKEN", "")
    if token:
        key = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        given["GIT_CONFIG_COUNT"] = "1"
        given["GIT_CONFIG_KEY_0"] = "http.https://github.com/.extraheader"
        given["GIT_CONFIG_VALUE_0"] = f"Authorization: Basic {key}"
    return given


def git(*arguments: str) -> bytes:
    """Return what a git command prints."""
    command = ["git", "-c", "core.hooksPath=/dev/null", *arguments]
    done = subprocess.run(
        command, env=environment(), capture_output=True, timeout=SECONDS, check=True
    )
    return done.stdout


def collect(address: str, notebook: str, place: Path) -> tuple[str, str]:
    """Write the notebook of the default branch's last commit.

    Returns:
        The commit, and "collected", "not handed in" or "too large".
    """
    with tempfile.TemporaryDirectory() as folder:
        # Without a checkout: no file of the repository is written, no filter and no hook is run.
        options = ["--quiet", "--depth=1", "--no-tags", "--no-checkout", "--filter=blob:none"]
        git("clone", *options, "--", address, folder)
        if not git("-C", folder, "for-each-ref"):
            return "", "not handed in"  # nothing was ever pushed
        commit = git("-C", folder, "rev-parse", "HEAD").decode().strip()
        entry = git("-C", folder, "ls-tree", "HEAD", "--", notebook)
        if not entry.startswith(b"100"):  # missing, a folder or a link
            return commit, "not handed in"
        if int(git("-C", folder, "cat-file", "-s", f"HEAD:{notebook}")) > LARGEST_BYTES:
            return commit, "too large"
        content = git("-C", folder, "cat-file", "blob", f"HEAD:{notebook}")
    place.mkdir(parents=True, exist_ok=True)
    (place / notebook).write_bytes(content)
    return commit, "collected"


def main(arguments: list[str]) -> int:
    """Collect from all students, whatever happens with one of them."""
    if len(arguments) != 3:
        print(__doc__)
        return 2
    class_list, notebook, output = Path(arguments[0]), arguments[1], Path(arguments[2])
    rows = []
    for name, address in students(class_list).items():
        try:
            commit, state = collect(address, notebook, output / name)
        except subprocess.TimeoutExpired:
            commit, state = "", f"not fetched: no answer within {SECONDS} seconds"
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason"]
            commit, state = "", f"not fetched: {said[-1]}"
        rows.append([name, commit, state])
        print(f"{name:20} {commit[:10]:10} {state}", flush=True)
    output.mkdir(parents=True, exist_ok=True)
    with (output / "commits.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["student", "commit", "state"], *rows])
    return int(any(state.startswith("not fetched") for _, _, state in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
