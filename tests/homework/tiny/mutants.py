"""Known-wrong answers of the tiny assignment."""

from cnnutils.homework.variants import Mutant, Survivor

MUTANTS = [
    Mutant("q1", "one window too few", "len(row) - size + 1", "len(row) - size"),
    Mutant("q1", "columns for rows", "axis=1", "axis=0"),
    Mutant("q2", "a sum", " / size", ""),
    Mutant("q2", "over the wrong axis", "axis=1", "axis=0"),
    Mutant("q3", "the length of the row", "8", "10"),
    Mutant("q3", "one too few", "8", "7"),
]
SURVIVORS: list[Survivor] = []
