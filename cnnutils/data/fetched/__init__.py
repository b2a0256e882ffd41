"""Data that are downloaded when asked for, checked by their hashes and read with care."""
