"""What a hostile submission is, and what stands in most of them.

An answer to q1 that tries what is forbidden ends as "passed" if it reached nothing, and as "failed"
if it reached anything: it then raises an error.
"""

from typing import NamedTuple

RIGHT_1 = """
def right(row, size):
    return np.stack([row[i : len(row) - size + 1 + i] for i in range(size)], axis=1)

def windows(row, size):
    return right(row, size)
"""
RIGHT_2 = """
def moving_average(row, size):
    return windows(row, size).sum(axis=1) / size
"""
RIGHT_3 = "number_of_windows = 8"


class Hostile(NamedTuple):
    """A submission.

    Args:
        name: of its file, and of its result.
        score: of 10 points.
        outcomes: of q1 (4 points), q2 (4) and q3 (2), where visible and hidden test differ as
            "passed/failed". q2 is tried again with a right q1 before it counts as wrong.
        q1, q2, q3: the cells; PLACES in them are the test's files and listeners.
    """

    name: str
    score: int
    outcomes: str
    q1: str = RIGHT_1
    q2: str = RIGHT_2
    q3: str = RIGHT_3


def trying(attempt):
    """Return q1's cell with a function `attempt` that gives a list of what it reached."""
    return f"""
import os, shutil, signal, socket, subprocess, sys
def succeeds(function, *args):
    try:
        function(*args)
    except Exception:
        return False
    return True
{attempt}
{RIGHT_1}
def windows(row, size):
    reached = attempt()
    if reached:
        raise RuntimeError(f"reached {{reached}}")
    return right(row, size)
"""


FORGE = """
import json, os, sys
def number():  # of the request that is being answered
    frame = sys._getframe()
    while "message" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["message"]["number"]
def send(content):
    for pipe in range(3, 32):
        try:
            os.write(pipe, content)
        except OSError:
            pass
def framed(content):
    return len(content).to_bytes(8, "big") + content
def forge(number, **reply):
    send(framed(json.dumps({"number": number, **reply}).encode()))
"""
