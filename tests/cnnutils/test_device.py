"""Set-up and distribution: TensorFlow for real in one process of its own, the others by fakes."""

import contextlib
import json
import os
import re
import subprocess
import sys
import types

import pytest

from cnnutils import device

# Other versions of the dependencies deprecate other things: tools/check_versions.sh says "ignore".
WARNINGS = os.environ.get("PYTHONWARNINGS", "error")

# Everything that needs a fresh TensorFlow, in one process, because importing it takes seconds.
SCRIPT = """
import json, os, random, sys
import numpy as np
from cnnutils import device

found = {"light": not {"keras", "tensorflow"} & set(sys.modules)}
before = dict(os.environ)
first = device.setup(seed=7)
found["set"] = {name: value for name, value in os.environ.items() if name not in before}
found["changed"] = [name for name in before if os.environ.get(name) != before[name]]
found["repr"] = repr(first)

import keras
import tensorflow as tf
from tensorflow.python.framework import config

def draw():
    return [random.random(), np.random.random(), float(keras.random.normal(()))]

found["versions"] = [keras.__version__, tf.__version__]
found["deterministic"] = config.is_op_determinism_enabled()
found["policy"] = keras.config.dtype_policy().name

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

again = device.setup(seed=7, precision="mixed_bfloat16")  # and it may be called a second time
found["policy again"] = [keras.config.dtype_policy().name, again.precision]
device.setup(seed=7)
found["draws"] = [draw(), (device.setup(seed=7), draw())[1], (device.setup(seed=8), draw())[1]]

x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)

def train(context):
    device.setup(seed=7)
    with context:
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mse")
        history = model.fit(x, y, epochs=2, batch_size=16, shuffle=False, verbose=0)
    return model.distribute_strategy.num_replicas_in_sync, history.history["loss"]

found["two"] = train(device.strategy())
found["one"] = train(tf.device("CPU:0"))

@tf.function
def traced(number):
    return number + tf.ones(())

for number in range(8):  # a number that is no tensor makes TensorFlow trace, and complain, again
    traced(number)
print(json.dumps(found))
"""


def run(script, **variables):
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TF_", "XLA_", "KERAS_", "OMP_"))
    }
    return subprocess.run(
        [sys.executable, "-W", WARNINGS, "-c", script],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def process():
    return run(SCRIPT, TF_NUM_INTRAOP_THREADS="1", OMP_NUM_THREADS="3", TF_CPP_MIN_LOG_LEVEL="2")


@pytest.fixture(scope="module")
def found(process):
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout.splitlines()[-1])


def test_it_prints_nothing_and_retracing_is_not_complained_about(process, found):
    assert process.stderr == ""
    assert len(process.stdout.splitlines()) == 1


def test_importing_the_module_imports_no_backend(found):
    assert found["light"]


def test_only_what_is_unset_is_set_and_no_threads(found):
    assert found["changed"] == []
    ours = {name: value for name, value in found["set"].items() if name.startswith(("TF", "XLA"))}
    ours.pop("TF2_BEHAVIOR", None)  # TensorFlow's own
    assert ours == {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_ENABLE_ONEDNN_OPTS": "0"}
    assert not [name for name in found["set"] if "THREAD" in name]


def test_the_device_is_one_line(found):
    keras_version, tf_version = found["versions"]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert found["repr"] == (
        f"Device({cores} CPU core{'s' if cores > 1 else ''}; "
        f"Keras {keras_version} on TensorFlow {tf_version}; float32; seed 7)"
    )


def test_the_seed_reaches_every_generator(found):
    first, again, other = found["draws"]
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_operations_repeat_and_the_precision_is_set(found):
    assert found["deterministic"] is True
    assert found["policy"] == "float32"
    assert found["policy again"] == ["mixed_bfloat16", "mixed_bfloat16"]


def test_two_devices_share_a_batch_and_learn_the_same(found):
    assert (found["two"][0], found["one"][0]) == (2, 1)
    assert found["two"][1] == pytest.approx(found["one"][1], rel=1e-5)


def test_without_a_backend_the_sentence_says_what_to_install():
    block = "import sys; sys.modules['tensorflow'] = None; "
    process = run(block + "from cnnutils import device; device.setup(seed=1)")
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1] == (
        "ImportError: setup: tensorflow is not installed. For Keras on TensorFlow: pip install "
        "'cnnutils[cpu]' (or 'cnnutils[gpu]' for an NVIDIA GPU on Linux); for Keras on another "
        "backend, install that and set KERAS_BACKEND to 'jax' or 'torch'."
    )


# --- other backends and other machines, by fakes ------------------------------------------------


class FakeScope:
    def __init__(self, what):
        self.what = what

    def scope(self):
        return contextlib.nullcontext(self.what)


class FakeKeras(types.ModuleType):
    """Notes what is asked of it."""

    def __init__(self, backend, devices=()):
        super().__init__("keras")
        self.__version__ = "3.99"
        self.asked = []
        self.config = types.SimpleNamespace(
            backend=lambda: backend,
            set_dtype_policy=lambda policy: self.asked.append(("policy", policy)),
        )
        self.utils = types.SimpleNamespace(
            set_random_seed=lambda seed: self.asked.append(("seed", seed))
        )
        self.distribution = types.SimpleNamespace(
            list_devices=lambda: list(devices), DataParallel=lambda *, devices: FakeScope(devices)
        )


def module(name, **parts):
    fake = types.ModuleType(name)
    fake.__version__ = "9.8"
    for part, value in parts.items():
        setattr(fake, part, value)
    return fake


@pytest.fixture
def install(monkeypatch):
    """Put fakes in the place of Keras and its backend; keep the environment as it was."""
    monkeypatch.setattr(os, "environ", dict(os.environ))

    def put(keras, backend):
        monkeypatch.setitem(sys.modules, "keras", keras)
        monkeypatch.setitem(sys.modules, backend.__name__, backend)

    return put


def fake_jax(platform, *names):
    devices = [types.SimpleNamespace(platform=platform, device_kind=name) for name in names]
    return module("jax", local_devices=lambda: devices)


def fake_torch(*, cuda=(), mps=False):
    return module(
        "torch",
        backends=types.SimpleNamespace(
            cudnn=types.SimpleNamespace(deterministic=None, benchmark=None),
            mps=types.SimpleNamespace(is_available=lambda: mps),
        ),
        cuda=types.SimpleNamespace(
            is_available=lambda: bool(cuda),
            device_count=lambda: len(cuda),
            get_device_name=lambda index: cuda[index],
        ),
    )


def fake_tensorflow(*gpus, growth_error=None):
    grown = []

    def set_memory_growth(gpu, on):
        if growth_error is not None:
            raise growth_error
        grown.append((gpu, on))

    experimental = types.SimpleNamespace(
        enable_op_determinism=lambda: grown.append("deterministic"),
        set_memory_growth=set_memory_growth,
        get_device_details=lambda gpu: {"device_name": gpu},
    )
    logical = {"GPU": [types.SimpleNamespace(name=f"GPU:{i}") for i in range(len(gpus))]}
    logical["CPU"] = [types.SimpleNamespace(name="CPU:0")]
    return module(
        "tensorflow",
        grown=grown,
        get_logger=lambda: types.SimpleNamespace(setLevel=lambda level: None),
        config=types.SimpleNamespace(
            experimental=experimental,
            list_physical_devices=lambda kind: list(gpus) if kind == "GPU" else ["CPU"],
            list_logical_devices=logical.__getitem__,
        ),
        distribute=types.SimpleNamespace(
            MirroredStrategy=FakeScope, get_strategy=lambda: FakeScope("default")
        ),
    )


@pytest.mark.parametrize(
    ("backend", "kind", "hardware"),
    [
        (fake_jax("tpu", *["TPU v5e"] * 8), "tpu", "8 TPUs: TPU v5e; Keras 3.99 on JAX 9.8"),
        (fake_jax("cuda", "A100"), "gpu", "1 GPU: A100; Keras 3.99 on JAX 9.8"),
        (fake_torch(cuda=("T4", "P4")), "gpu", "2 GPUs: T4, P4; Keras 3.99 on PyTorch 9.8"),
        (fake_torch(mps=True), "gpu", "1 GPU: Apple GPU; Keras 3.99 on PyTorch 9.8"),
        (fake_tensorflow("Tesla T4"), "gpu", "1 GPU: Tesla T4; Keras 3.99 on TensorFlow 9.8"),
    ],
)
def test_other_hardware_is_found_and_named(install, backend, kind, hardware):
    keras = FakeKeras(backend.__name__)
    install(keras, backend)
    result = device.setup(seed=3, precision="mixed_float16")
    assert repr(result) == f"Device({hardware}; mixed_float16; seed 3)"
    assert result.kind == kind
    assert result.num_devices == len(result.names)
    assert sorted(keras.asked) == [("policy", "mixed_float16"), ("seed", 3)]


@pytest.mark.parametrize("backend", [fake_jax("cpu", "cpu"), fake_torch()])
def test_a_cpu_under_other_backends(install, monkeypatch, backend):
    monkeypatch.setattr(device, "_num_cores", lambda: 1)
    install(FakeKeras(backend.__name__), backend)
    result = device.setup(seed=3)
    assert (result.kind, result.num_devices, result.num_cores) == ("cpu", 1, 1)
    assert repr(result).startswith("Device(1 CPU core; Keras 3.99 on ")


def test_cudnn_repeats_if_asked(install):
    torch = fake_torch()
    install(FakeKeras("torch"), torch)
    device.setup(seed=0)
    assert (torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark) == (True, False)
    result = device.setup(seed=0, deterministic=False)
    assert (torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark) == (False, True)
    assert repr(result).endswith("; seed 0, not deterministic)")


def test_the_memory_of_every_gpu_grows(install):
    tf = fake_tensorflow("T4", "A100")
    install(FakeKeras("tensorflow"), tf)
    device.setup(seed=0, deterministic=False)
    assert tf.grown == [("T4", True), ("A100", True)]


@pytest.mark.parametrize("error", [RuntimeError("already in use"), ValueError("split")])
def test_it_is_no_fault_when_the_memory_can_no_longer_be_set(install, error):
    install(FakeKeras("tensorflow"), fake_tensorflow("T4", growth_error=error))
    assert device.setup(seed=0).names == ("T4",)


@pytest.mark.parametrize(
    ("keras", "backend", "expected"),
    [
        (FakeKeras("tensorflow"), fake_tensorflow(), "default"),
        (FakeKeras("tensorflow"), fake_tensorflow("T4"), "default"),
        (FakeKeras("tensorflow"), fake_tensorflow("T4", "T4"), ["GPU:0", "GPU:1"]),
        (FakeKeras("jax", ["tpu:0", "tpu:1"]), fake_jax("tpu"), ["tpu:0", "tpu:1"]),
        (FakeKeras("jax", ["gpu:0"]), fake_jax("cuda"), None),
        (FakeKeras("torch"), fake_torch(cuda=("T4", "T4")), None),
    ],
)
def test_the_strategy_for_each_backend(install, keras, backend, expected):
    install(keras, backend)
    with device.strategy() as entered:
        assert entered == expected


def test_a_backend_that_cannot_train_is_refused(install):
    install(FakeKeras("numpy"), module("numpy"))
    sentence = (
        "setup: Keras' backend must be 'tensorflow', 'jax' or 'torch', got 'numpy'; "
        "set the environment variable KERAS_BACKEND and restart the kernel."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        device.setup(seed=0)


def test_another_missing_module_is_reported_as_it_is(monkeypatch):
    def fail(name):
        raise ModuleNotFoundError("No module named 'rich'", name="rich")

    monkeypatch.setattr(device.importlib, "import_module", fail)
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'rich'$"):
        device.strategy()


# --- arguments and profile ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"seed": -1}, ValueError, "setup: seed must be at least 0, got -1."),
        ({"seed": 1.0}, TypeError, "setup: seed must be an integer, got 1.0 (float)."),
        (
            {"seed": 2**32},
            ValueError,
            "setup: seed must be at most 4294967295 (2³² − 1), got 4294967296.",
        ),
        (
            {"seed": 1, "precision": "float16"},
            ValueError,
            "setup: precision must be one of 'float32', 'mixed_float16', 'mixed_bfloat16', "
            "got 'float16'.",
        ),
        (
            {"seed": 1, "deterministic": 1},
            TypeError,
            "setup: deterministic must be True or False, got 1 (int).",
        ),
    ],
)
def test_wrong_arguments_of_setup(options, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        device.setup(**options)


def test_the_profile_is_quick_unless_it_is_full(monkeypatch):
    monkeypatch.delenv("CNN_PROFILE", raising=False)
    assert device.profile() == "quick"
    for name in ("quick", "full"):
        monkeypatch.setenv("CNN_PROFILE", name)
        assert device.profile() == name
    monkeypatch.setenv("CNN_PROFILE", "Full")
    sentence = (
        "profile: the environment variable CNN_PROFILE must be one of 'quick', 'full', got 'Full'."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        device.profile()
