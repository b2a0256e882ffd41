"""The generator of mutants makes every small change once, and says which."""

import ast

from cnnutils.homework.mutation import mutants

SOURCE = '''
def f(a, b=2):
    """A docstring is left alone."""
    if a < b and a:
        a += 1
    return max(a[1:], key=-b) * True, 0.5
'''


def changes(source):
    return [change for change, _ in mutants(source)]


def test_each_kind_of_change_is_made():
    assert sorted(changes(SOURCE)) == sorted(
        [
            "def f(a, b=2): → def f(a, b=3):",
            "def f(a, b=2): → def f(a, b=1):",
            "if a < b and a: → (removed)",
            "if a < b and a: → if not (a < b and a):",
            "if a < b and a: → if a < b or a:",
            "if a < b and a: → if a <= b and a:",
            "if a < b and a: → if a > b and a:",
            "a += 1 → (removed)",
            "a += 1 → a = 1",
            "a += 1 → a -= 1",
            "a += 1 → a += 2",
            "a += 1 → a += 0",
            "return (max(a[1:], key=-b) * True, 0.5) → return (0.5, max(a[1:], key=-b) * True)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[1:], key=-b) + True, 0.5)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[1:], key=-b) * False, 0.5)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[1:], key=-b) * True, 2.0)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (min(a[1:], key=-b) * True, 0.5)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[1:]) * True, 0.5)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[1:], key=b) * True, 0.5)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[:], key=-b) * True, 0.5)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[2:], key=-b) * True, 0.5)",
            "return (max(a[1:], key=-b) * True, 0.5) → return (max(a[0:], key=-b) * True, 0.5)",
        ]
    )


def test_every_mutant_is_a_program_and_another_one():
    made = [source for _, source in mutants(SOURCE)]
    assert len(set(made)) == len(made)
    for source in made:
        assert ast.unparse(ast.parse(source)) == source != ast.unparse(ast.parse(SOURCE))


def test_arguments_and_unpacked_names_are_swapped():
    assert "x = np.dot(a, b, c) → x = np.dot(b, a, c)" in changes("x = np.dot(a, b, c)")
    assert "h, w = s → w, h = s" in [
        c.replace("(", "").replace(")", "") for c in changes("h, w = s")
    ]
