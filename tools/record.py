"""What the last verification saw: written by the checks, shown by the site.

The file, _build/verification.json, lives in the build folder: nothing volatile is committed. It
holds the hash of the sources that were verified, so that the site can say when they have changed.
Only `make test` writes it, which starts from none: `VERIFICATION_RECORD=1` says that it runs.
"""

import hashlib
import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.chapters import ROOT

VERIFIED = ("_config.yml", "_toc.yml", "index.md", "requirements.lock")
VERIFIED_FOLDERS = ("book", "claims", "cnnutils", "homework", "notebooks", "site")


def path(root: Path = ROOT) -> Path:
    """Where the record of a checkout lies."""
    return root / "_build" / "verification.json"


def is_wanted() -> bool:
    """Whether a whole verification is running, and not a single check by hand."""
    return os.environ.get("VERIFICATION_RECORD") == "1"


def read(root: Path = ROOT) -> dict[str, Any]:
    """Return the record, empty where there is none."""
    try:
        return dict(json.loads(path(root).read_text()))
    except FileNotFoundError:
        return {}


def update(root: Path = ROOT, **entries: Any) -> None:
    """Add entries to the record; a dictionary is merged with the one that is there."""
    record = read(root)
    for key, value in entries.items():
        old = record.get(key)
        record[key] = {**old, **value} if isinstance(old, dict) else value
    target = path(root)
    target.parent.mkdir(exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    os.replace(partial, target)


def remove(root: Path = ROOT) -> None:
    """Forget the last run: what follows must verify everything itself."""
    path(root).unlink(missing_ok=True)


def sources_sha256(root: Path = ROOT) -> str:
    """Hash of everything that a reader sees or runs."""
    digest = hashlib.sha256()
    files = [root / name for name in VERIFIED]
    for folder in VERIFIED_FOLDERS:
        files += sorted((root / folder).rglob("*"))
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(f"{file.relative_to(root)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def lock_sha256(root: Path = ROOT) -> str:
    """Hash of the list of packages, to the last version, that was installed."""
    return hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()


def now() -> str:
    """The time, as the record writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def commit(root: Path = ROOT) -> str:
    """The commit that is checked out, with a plus sign when files differ from it."""
    git = ["git", "-C", str(root)]
    try:
        name = subprocess.run(
            [*git, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run([*git, "diff", "--quiet", "HEAD"]).returncode
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name + ("+" if changed else "")


if __name__ == "__main__":  # `make test` begins: what an earlier run saw no longer counts
    remove()
