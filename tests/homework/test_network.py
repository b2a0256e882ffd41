"""A question about a network: its model stays with the answer, plain data come back."""

from cnnutils.homework.assignment import read_assignment
from cnnutils.homework.sandbox import Limits
from cnnutils.homework.trials import Trial, carry_out
from tests.homework.support import filled_in, grade, needs_bubblewrap, outcomes
from tools.chapters import ROOT

FOLDER = ROOT / "tests" / "homework" / "network"


@needs_bubblewrap
def test_models_are_built_and_compared_in_the_sandbox():
    network = read_assignment(FOLDER)
    right = network.answers()
    wrong = {
        "q1": right["q1"].replace('3, activation="relu"', "3"),  # as many parameters, other outputs
        "q2": right["q2"].replace("return keras.ops.mean", "return keras.Model; keras.ops.mean"),
    }
    assert wrong["q1"] != right["q1"]
    assert wrong["q2"] != right["q2"]
    submissions = {"right": filled_in(network, right), "wrong": filled_in(network, wrong)}
    results, process = grade(FOLDER, submissions)
    assert process.returncode == 0, process.stderr
    assert outcomes(results["right"]) == {
        "test_q1_size": "passed",
        "test_q1_outputs": "passed",
        "test_q2_two": "passed",
    }
    assert outcomes(results["wrong"]) == {
        "test_q1_size": "passed",
        "test_q1_outputs": "failed",
        "test_q2_two": "failed",
    }


def test_trials_compute_in_processes_that_find_the_framework_imported():
    network = read_assignment(FOLDER)
    right = network.answers()
    wrong = {**right, "q1": right["q1"].replace("Conv2D(4, 3", "Conv2D(4, 2")}
    trials = [Trial("reference", "", right, ("q1", "q2")), Trial("mutant", "", wrong, ("q1",))]
    carry_out(network, trials, jobs=2)
    assert trials[0].rejected() == []
    assert set(trials[1].outcomes.values()) == {"failed"}


def test_a_framework_brings_all_installed_packages_with_it():
    assert Limits(("numpy", "keras"), 6, 60).open_to_all
    assert not Limits(("numpy",), 2, 60).open_to_all
