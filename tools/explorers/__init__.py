"""What stands beside an explorer: a picture for readers without scripts, and test vectors.

A module here is named like its explorer. ``picture()`` draws it, and every number in it is computed
by cnnutils. ``vectors()``, where the explorer has arithmetic of its own, computes with cnnutils,
Keras or NumPy what that arithmetic is held against. Tests make both again and compare.
"""
