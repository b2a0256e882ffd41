"""Answers that do harm: they take time, memory, files, the network, or other processes."""

from tests.homework.hostile.case import FORGE, RIGHT_1, RIGHT_2, Hostile, trying

HONEST = [
    Hostile("aa-honest", 10, "passed passed passed"),
    Hostile(
        "honest-mistakes",
        5,
        "failed passed passed/failed",
        q1=RIGHT_1.replace("+ 1 + i", "+ i"),
        q3="number_of_windows = 7",
    ),
    Hostile("zz-honest", 10, "passed passed passed"),
]

TIME = [
    Hostile(  # in a function, in an error's text, at the top of a cell
        "endless",
        0,
        "timeout timeout timeout",
        q1="""
import signal
def windows(row, size):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
        q2="""
class Endless(Exception):
    def __str__(self):
        while True:
            pass
def moving_average(row, size):
    raise Endless
""",
        q3="number_of_windows = 8\nwhile True: pass",
    ),
    Hostile(  # a cell that never ends is left out, the others count
        "endless-cell", 6, "timeout passed passed", q1=f"{RIGHT_1}\nimport time; time.sleep(1e6)"
    ),
    Hostile(
        "half-a-reply",
        2,
        "timeout timeout passed",
        q1=f"{FORGE}\ndef windows(row, size): send(b'\\0' * 6 + b'\\1\\0x'); import time; "
        "time.sleep(1e6)",
        q2=f"""{FORGE}
def moving_average(row, size):
    send((2**26).to_bytes(8, "big"))
    while True:
        send(b" ")
        import time; time.sleep(0.01)
""",
    ),
]

MEMORY = [
    Hostile(
        "memory",
        2,
        "failed failed passed",
        q1="def windows(row, size): return np.zeros(30 * 2**30, dtype=np.uint8) + 1",
        q2="""
def moving_average(row, size):
    grown = bytearray()
    while True:
        grown += b"x" * 2**24
""",
    ),
    Hostile(  # 64 MiB in its own folder, and nothing anywhere else
        "fills-files",
        10,
        "passed passed passed",
        q1=trying("""
def fill(folder):
    written = 0
    for number in range(200):
        try:
            with open(f"{folder}/{number}", "wb") as file:
                written += file.write(bytes(2**20))
        except OSError:
            break
    return written
def attempt():
    folders = ["/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/grader", "/packages", "/usr", "/etc"]
    full = [folder for folder in folders if fill(folder)]
    return full + ["more than 64 MiB"] * (fill("/answers") > 2**26)
"""),
    ),
    Hostile(
        "prints",
        8,
        "passed passed failed",
        q1=f"{RIGHT_1}\nprint('x' * 2**20)\nprint('10 of 10 points', 'passed', '<failure/>')",
        q2=f"""{RIGHT_2}
import os, sys
for _ in range(20):
    sys.stdout.write("x" * 10**7)
    sys.stderr.write("x" * 10**7)
    os.write(1, b"x" * 10**7)
""",
        q3="number_of_windows = 'x' * 200_000_000",
    ),
    Hostile(
        "recursion",
        2,
        "failed failed passed",
        q1="def windows(row, size): return windows(row, size)",
        q2="""
def moving_average(row, size):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
""",
    ),
    Hostile(
        "large-and-round",
        0,
        "failed failed failed",
        q1="def windows(row, size): return np.zeros(7_000_000)",  # 72 MiB when written out
        q2="def moving_average(row, size): return ',' * 3_000_000",
        q3="number_of_windows = []; number_of_windows.append(number_of_windows)",
    ),
]

REACHES = [
    Hostile(
        "reads",
        10,
        "passed passed passed",
        q1=trying("""
def attempt():
    folders = [folder for folder in PLACES["folders"] if succeeds(os.listdir, folder)]
    return folders + [file for file in PLACES["files"] if succeeds(open, file)]
"""),
    ),
    Hostile(
        "reads-processes",
        10,
        "passed passed passed",
        q1=trying("""
import ctypes
def attempt():
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    closed = ["/proc/1/environ", "/proc/1/mem", "/proc/1/maps", "/proc/kcore", "/proc/kmsg"]
    found = [path for path in closed if succeeds(lambda: open(path, "rb").read(1))]
    found += [name for name, value in os.environ.items() if PLACES["secret"] in value]
    found += processes[2:]
    if ctypes.CDLL(None).ptrace(16, 1, None, None) == 0:
        found.append("the first process")
    return found
"""),
    ),
    Hostile(
        "deletes-and-writes",
        10,
        "passed passed passed",
        q1=trying("""
def attempt():
    for place in PLACES["folders"] + ["/answers", "/grader", "/packages", "/dev", "/bin"]:
        shutil.rmtree(place, ignore_errors=True)
        succeeds(os.chmod, place, 0o777)
        succeeds(os.rename, place, "/gone")
        succeeds(lambda: open(place + "/new", "w").write("hostile"))
    done = [file for file in PLACES["files"] if succeeds(os.remove, file)]
    return done + [file for file in PLACES["files"] if succeeds(open, file, "w")]
"""),
    ),
    Hostile(
        "network",
        10,
        "passed passed passed",
        q1=trying("""
def attempt():
    addresses = [
        (socket.AF_INET, ("127.0.0.1", PLACES["port"])),
        (socket.AF_INET6, ("::1", PLACES["port"])),
        (socket.AF_UNIX, PLACES["socket"]),
        (socket.AF_UNIX, "\\0" + PLACES["abstract"]),
    ]
    reached = []
    for family, address in addresses:
        if succeeds(lambda: socket.socket(family).connect(address)):
            reached.append(address)
    return reached
"""),
    ),
    Hostile(  # what lies in its folder is not what is imported
        "false-modules",
        10,
        "passed passed passed",
        q1=f"""{RIGHT_1}
import os, sys
for name in ("json", "numpy", "base64", "inside"):
    open(f"{{name}}.py", "w").write("raise SystemExit")
del sys.modules["json"], sys.modules["base64"]
import base64, json
os.environ.clear()
os.umask(0o777)
os.chdir("/")
sys.modules.clear()
sys.path.clear()
""",
    ),
]

PROCESSES = [
    Hostile(
        "leaves",
        0,
        "failed crash crash",
        q1="import sys\ndef windows(row, size): sys.exit(0)",
        q2="import os\ndef moving_average(row, size): os._exit(0)",
        q3="import os, signal; number_of_windows = 8; os.kill(0, signal.SIGKILL)",
    ),
    Hostile(  # an exit at the top of a cell keeps what was defined above it; no process, no cell
        "leaves-early",
        6,
        "passed crash passed",
        q1=f"{RIGHT_1}\nraise SystemExit",
        q2=f"{RIGHT_2}\nimport os; os._exit(0)",
    ),
    Hostile(
        "breaks",
        2,
        "crash crash passed",
        q1="import ctypes\ndef windows(row, size): ctypes.string_at(0)",
        q2="import os\ndef moving_average(row, size): os.abort()",
    ),
    Hostile(
        "kills",
        10,
        "passed passed passed",
        q1=trying("""
def attempt():
    for process in (os.getppid(), 1, -1):
        for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
            if process != -1 or kind != signal.SIGSTOP:
                succeeds(os.kill, process, kind)
"""),
    ),
    Hostile(
        "multiplies",
        10,
        "passed passed passed",
        q1=trying("""
import threading, time
def attempt():
    started = 0
    for kind in ("process", "thread", "daemon"):
        try:
            for _ in range(200):
                if kind == "thread":
                    threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()
                elif os.fork() == 0:
                    if kind == "daemon":
                        os.setsid()
                        succeeds(os.fork)
                    while True:
                        time.sleep(1000)
                started += 1
        except (OSError, RuntimeError):
            pass
    return [f"{started} processes and threads"] if started > 8 else []
"""),
    ),
    Hostile(  # a daemon that would go on when the grade is given
        "stays",
        10,
        "passed passed passed",
        q1=trying("""
import time
def attempt():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            while True:
                succeeds(lambda: socket.create_connection(("127.0.0.1", PLACES["port"])))
                time.sleep(0.1)
        os._exit(0)
"""),
    ),
]

DEEDS = [*HONEST, *TIME, *MEMORY, *REACHES, *PROCESSES]
