"""Right answers of the tiny assignment that are not the reference."""

from cnnutils.homework.variants import Alternative

ALTERNATIVES = [
    Alternative(
        "loops",
        {
            "q1": """
def windows(row, size):
    return np.array([[row[i + j] for j in range(size)] for i in range(len(row) - size + 1)])
""",
            "q2": """
def moving_average(row, size):
    return np.array([sum(row[i : i + size]) / size for i in range(len(row) - size + 1)])
""",
        },
    ),
]
