"""Build steps: pair, execute, verify, build. Each runs as `python -m tools.<name>`."""
