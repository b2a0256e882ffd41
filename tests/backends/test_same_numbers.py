"""Every network computes on this backend what it computes on TensorFlow, up to rounding.

How much rounding may do is derived, not tried. Adding n products one after another in random order
gives a root mean square error of about 0.2 · eps · √n of the sum: each partial sum is rounded, by
0.29 eps at most of its size, and the partial sums grow as √k. The errors of the layers are
independent, so over `depth` layers they add to 0.2 · eps · √(depth · n). Two backends err both
(times √2), and of some 100,000 numbers the farthest lies 4.5 such errors away: 1.3 in all. n is a
network's longest sum, which makes up for what this leaves out: that division by a batch's
deviation, in training, enlarges errors.

All is in single precision, in which the chapters compute. Outputs are those of the network itself;
gradients are those of the network without kinks, for a reason that compute.py gives.
"""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tools import chapters
from tools.backends import DIFFERENCES

from . import networks

BACKEND = os.environ["KERAS_BACKEND"]
REFERENCE = "tensorflow"
DTYPE = "float32"
KINDS = ("outputs in use", "outputs in training", "gradients", "moving averages")
CONSTANT = 1.3

if BACKEND == REFERENCE:
    pytest.skip("the others are compared with TensorFlow", allow_module_level=True)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """A function that returns what a backend computes, in a process of its own."""
    folder = tmp_path_factory.mktemp("computed")
    found = {}

    def results(backend, dtype):
        if (backend, dtype) not in found:
            file = folder / f"{backend}-{dtype}.npz"
            subprocess.run(
                [sys.executable, "-m", "tests.backends.compute", dtype, file],
                cwd=chapters.ROOT,
                env=os.environ | {"KERAS_BACKEND": backend, "JAX_ENABLE_X64": "0"},
                check=True,
            )
            found[backend, dtype] = dict(np.load(file))
        return found[backend, dtype]

    return results


def magnitudes(results, prefix, keys):
    """Return what each array is to be measured by: its largest number.

    A bias before batch normalisation has a gradient of exactly 0, of which only rounding is left:
    a layer's gradients are measured by the largest of that layer.
    """
    largest = {key: np.abs(results[key]).max(initial=0) for key in keys}
    layers = results[f"{prefix}layers"]
    of_layer = {}
    for key in keys:
        kind, index = key.removeprefix(prefix).split("/")
        if kind == "gradients":
            layer = layers[int(index)]
            of_layer[layer] = max(largest[key], of_layer.get(layer, 0))
    for key in keys:
        kind, index = key.removeprefix(prefix).split("/")
        if kind == "gradients":
            largest[key] = of_layer[layers[int(index)]]
    return largest


def differences(ours, theirs, name):
    """Return the largest relative difference of each kind of number."""
    prefix = f"{name}|"
    keys = [key for key in theirs if key.startswith(prefix) and "/" in key]
    assert keys
    assert [key for key in ours if key.startswith(prefix) and "/" in key] == keys
    largest = magnitudes(theirs, prefix, keys)
    worst = {}
    for key in keys:
        assert np.isfinite(theirs[key]).all()
        assert largest[key] > 0
        off = np.abs(ours[key] - theirs[key]).max() / largest[key]
        kind = key.removeprefix(prefix).split("/")[0]
        worst[kind] = max(float(off), worst.get(kind, 0.0))
    return worst


@pytest.mark.parametrize("name", networks.names())
def test_a_network_computes_the_same(name, computed, record_property):
    theirs, ours = computed(REFERENCE, DTYPE), computed(BACKEND, DTYPE)
    depth, longest = theirs[f"{name}|sizes"]
    bound = CONSTANT * float(np.finfo(DTYPE).eps) * float(depth * longest) ** 0.5
    worst = differences(ours, theirs, name)
    record_property(DIFFERENCES, json.dumps({name: worst | {"bound": bound}}))
    far = [
        f"{kind}: {worst[kind]:.1e} of the largest, rounding does {bound:.1e}"
        for kind in KINDS
        if not worst.get(kind, 0.0) <= bound
    ]
    assert not far, far
