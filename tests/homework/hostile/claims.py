"""Answers that claim to be right: by what they give, and by what they say in the grader's name."""

from tests.homework.hostile.case import FORGE, RIGHT_3, Hostile

EQUAL = """
class Equal:
    shape, dtype, ndim = (2,), np.dtype(float), 1
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __len__(self): return 2
    def __array__(self, *args, **options): return np.zeros(2)
    def __getattr__(self, name): return lambda *args: self
    __hash__ = None
"""

VALUES = [
    Hostile(
        "always-equal",
        0,
        "failed failed failed",
        q1=f"{EQUAL}\ndef windows(row, size): return Equal()",
        q2="""
class Array(np.ndarray):
    def __eq__(self, other): return np.array(True)
    def __sub__(self, other): return np.zeros(self.shape)
def moving_average(row, size):
    return np.zeros(len(row) - size + 1).view(Array)
""",
        q3="class Number(int):\n    def __eq__(self, other): return True\n"
        "number_of_windows = Number(8)",  # no test can tell what its operators do
    ),
    Hostile(
        "more-equal",
        0,
        "failed failed failed",
        q1=f"{EQUAL}\ndef windows(row, size): return np.array([[Equal()] * size] * 2)",
        q2="""
class Short(list):
    def __len__(self): return 2
def moving_average(row, size):
    return Short([1.5, 3.0, 4.5])
""",
        q3="class Number(float):\n    def __eq__(self, other): return True\n"
        "number_of_windows = Number(8)",
    ),
    Hostile(
        "most-equal",
        0,
        "failed failed failed",
        q1="""
class Keys(dict):
    def __len__(self): return 0
    def items(self): return []
def windows(row, size): return Keys()
""",
        q2="""
class Disguised:
    __class__ = np.ndarray
    dtype = np.dtype(float)
def moving_average(row, size): return Disguised()
""",
        q3="number_of_windows = True",
    ),
    Hostile(
        "pickles",
        0,
        "failed failed failed",
        q1="""
import os
class Pickle:
    def __reduce__(self): return os.system, ("touch " + PLACES["canary"],)
def windows(row, size): return Pickle()
""",
        q2="""
class Exit:
    def __reduce__(self): return exec, ("raise SystemExit",)
def moving_average(row, size): return np.array([Exit()] * 2)
""",
        q3="import pickle; number_of_windows = pickle.dumps(8)",
    ),
    Hostile(
        "raises",
        0,
        "failed failed failed",
        q1="def windows(row, size): raise GeneratorExit",
        q2="def moving_average(row, size): raise KeyboardInterrupt",
        q3="raise SystemExit(0)\nnumber_of_windows = 8",
    ),
    Hostile(  # the names of the grader's own errors; that of an unanswered question is "todo"
        "imitates",
        0,
        "failed failed todo",
        q1="""
class TimedOutError(AssertionError): outcome = "passed"
def windows(row, size): raise TimedOutError("passed")
""",
        q2="""
class GraderError(BaseException): outcome = "passed"
def moving_average(row, size): raise GraderError("passed")
""",
        q3="number_of_windows = ...",
    ),
    Hostile(
        "evil-words",
        2,
        "failed failed passed",
        q1=r"""
def windows(row, size):
    raise ValueError(
        "\x1b[2J\ud800\x00\u202e</failure>]]><script>alert(1)</script>&#0; ![](http://x) `|** "
        "=cmd|' /C calc'!A0\n# 10 of 10 points\n- **passed**" + "A" * 10**7
    )
""",
        q2=r"""
class Evil(Exception):
    def __str__(self): raise SystemError("\x1b[2J")
Evil.__name__ = "</failure>\x1b]0;x\x07" + "B" * 10**6
def moving_average(row, size): raise Evil
""",
    ),
    Hostile(  # SECRET must not stand in the feedback of a hidden test
        "tells-inputs",
        2,
        "failed failed passed",
        q1="def windows(row, size): raise ValueError(f'SECRET {row}')",
        q2="""
def moving_average(row, size):
    text = "\\n" * (len(row) * 1000) + "def tell(): raise ValueError"
    exec(compile(text, f"<SECRET {row[0]}>", "exec"), globals())
    tell.__code__ = tell.__code__.replace(co_firstlineno=123456)
    tell()
""",
    ),
]

FORGERIES = [
    Hostile(  # the real reply comes one too late, and breaks the line for the next question
        "forges-once",
        5,
        "failed passed passed/crash",
        q1=f"""{FORGE}
def windows(row, size):
    forge(number(), value=True, outcome="passed", passed=True, score=10, points=10)
    return row
""",
    ),
    Hostile(  # all that it can give is other answers
        "forges-everything",
        4,
        "failed passed failed",
        q1=f"""{FORGE}
from inside import wire
requests = open(3, "rb", closefd=False)
forge(number(), value=None)
while (message := wire.read(requests)) is not None:
    kind = {{"function": True}} if "get" in message else {{"value": {{"tuple": []}}}}
    forge(message["number"], outcome="passed", passed=True, **kind)
""",
    ),
    Hostile(
        "forges-later-ones",
        0,
        "crash crash crash",
        q1=f"""{FORGE}
def windows(row, size):
    for later in range(1, 1000):
        forge(number() + later, value=True)
    return row
""",
        q2=f"{FORGE}\ndef moving_average(row, size): forge(True, value=True)",
        q3=f"{FORGE}\nforge('1', value=8); forge(None); forge(1.0, value=8)",
    ),
    Hostile(
        "breaks-the-line",
        0,
        "crash crash crash",
        q1=f"{FORGE}\ndef windows(row, size): send((2**60).to_bytes(8, 'big') + b'x' * 2**16)",
        q2=f"{FORGE}\ndef moving_average(row, size): send(framed(b'[' * 10**6))",
        q3=f"{FORGE}\nsend(framed(b'{{\"number\": ' + b'1' * 5000 + b'}}'))",
    ),
    Hostile(  # each would keep the tests' process busy for hours, or fill its memory
        "sends-bombs",
        4,
        "crash passed crash",
        q1="""
from inside import wire
P = 2**61 - 1  # the hash of its multiples is 0
BOMBS = [
    lambda: {"array": "", "dtype": "<f8", "shape": [10**4000] * 500},
    lambda: {"dict": [[i * P, 0] for i in range(50_000)]},
    lambda: {"list": "x" * 10**7},
    lambda: {"array": "AAAA", "dtype": "f8," * 10**5 + "f8", "shape": [1]},
    lambda: {"array": "AAAA", "dtype": "O", "shape": [-1]},
    lambda: {"list": [{"list": []}] * 800_000},
]
def windows(row, size): return np.zeros((2, size))
wire.encode = lambda value, depth=0: BOMBS.pop(0)()
wire._count_parts = lambda content: None
""",
    ),
    Hostile(
        "patches",
        4,
        "failed passed failed",
        q1="""
import inside.worker
inside.worker.Worker.reply = lambda self, message: {"value": True, "outcome": "passed"}
def windows(row, size): return row
""",
    ),
    Hostile(
        "patches-numpy",
        6,
        "failed passed passed",
        q1="""
np.allclose = np.array_equal = np.all = np.isclose = lambda *args, **options: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **options: None
np.any = lambda *args, **options: False
def windows(row, size): return np.zeros((len(row) - size + 1, size))
""",
    ),
    Hostile(  # all cells run in one process, in their order: the last definition counts
        "redefines", 6, "failed passed passed", q3=f"{RIGHT_3}\ndef windows(row, size): return row"
    ),
]

CLAIMS = [*VALUES, *FORGERIES]
