"""Data that are made from a seed, on stated rules: every truth about them is known."""
