"""Homework: made from a master, released to students, graded where no answer can reach the tests.

`python -m cnnutils.homework release|check|grade|selfcheck` is the way in. An assignment is a folder
`homework/hwNN`; its text, its tests and its known-wrong answers are data to this package.
"""
