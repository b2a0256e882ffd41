"""The same numbers on a GPU as on the CPU, on whichever backend Keras runs.

Both compute in float32, in another order. A sum of n products is then off by about √n · 2⁻²⁴ of
its size; here, with a few layers and n up to a few hundred, by some 10⁻⁶ of the largest value.
TF32, which GPUs like to take for float32, keeps ten bits of each factor, and is off by 2⁻¹¹, about
5 · 10⁻⁴. TOLERANCE lies between the two. So TF32 is switched off for the comparison; and a test
that needs no GPU rounds the weights as TF32 does, and sees the comparison fail. What is compared
by gradients is small or smooth: a ReLU whose input is within rounding of zero may switch on on one
device only, and the more units there are, the more likely one of them does.

A GPU machine without TensorFlow runs this file with KERAS_BACKEND=jax or torch. With
GPU_TESTS_ON=cpu:0 the CPU plays the GPU: a dry run of all of it.
"""

import contextlib
import importlib
import os
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from cnnutils import data, insight, style, zoo

# Keras' get_weights on JAX speaks to NumPy as NumPy 1 wished.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

BACKEND = keras.backend.backend()
GPU = os.environ.get("GPU_TESTS_ON", "gpu:0")
# Keras takes "cpu:0" for another device than the one PyTorch computes on, and copies all weights.
CPU = "cpu" if BACKEND == "torch" else "cpu:0"
TOLERANCE = 5e-5  # of the largest value of an array


def has_gpu():
    backend = importlib.import_module(BACKEND)
    if BACKEND == "tensorflow":
        return bool(backend.config.list_physical_devices("GPU"))
    if BACKEND == "jax":
        return any(device.platform == "gpu" for device in backend.devices())
    return backend.cuda.is_available()


@pytest.fixture
def gpu():
    """The device that is held against the CPU."""
    if GPU.startswith("gpu") and not has_gpu():
        pytest.skip(f"Keras on {BACKEND} finds no GPU here")
    for name in ("TF_FORCE_GPU_ALLOW_GROWTH", "XLA_PYTHON_CLIENT_PREALLOCATE"):
        os.environ.setdefault(name, str(name.startswith("TF")).lower())  # leave memory to others
    return GPU


@contextlib.contextmanager
def full_float32():
    """Have GPUs multiply in float32, not in TF32."""
    backend = importlib.import_module(BACKEND)
    if BACKEND == "tensorflow":
        switch = backend.config.experimental
        before = switch.tensor_float_32_execution_enabled()
        switch.enable_tensor_float_32_execution(False)
        yield
        switch.enable_tensor_float_32_execution(before)
    elif BACKEND == "jax":
        with backend.default_matmul_precision("highest"):
            yield
    else:
        switches = backend.backends.cuda.matmul, backend.backends.cudnn
        before = [switch.allow_tf32 for switch in switches]
        for switch in switches:
            switch.allow_tf32 = False
        yield
        for switch, value in zip(switches, before, strict=True):
            switch.allow_tf32 = value


def kind_of_device(tensor):
    """Return "cpu" or "gpu"."""
    if BACKEND == "tensorflow":
        return "gpu" if "GPU" in tensor.device else "cpu"
    if BACKEND == "jax":
        return {device.platform for device in tensor.devices()}.pop()
    return {"cuda": "gpu"}.get(tensor.device.type, tensor.device.type)


def as_tf32(array):
    """Round to the ten bits behind the point that TF32 keeps of 23."""
    bits = array.astype("float32").view("uint32")
    return ((bits + 0x1000) & 0xFFFFE000).view("float32")


# --- what is compared ----------------------------------------------------------------------------


def small_network():
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(6, 3, padding="same", activation="relu", name="first"),
            layers.MaxPooling2D(2),
            layers.Conv2D(5, 3, name="second"),
            layers.BatchNormalization(),
            layers.ReLU(name="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(4, name="scores"),
        ]
    )


def photographs(height, width, channels=3):
    names = ["coffee", "chelsea", "rocket"]
    stacked = np.stack([data.load_photograph(name, size=(height, width)) for name in names])
    return stacked[..., :channels].astype("float32")


def answers(model):
    return {"answers": model.predict_on_batch(photographs(*model.input_shape[1:]))}


def step_of_training(model):
    """How far each weight goes in one step of length one: its gradient, on every backend."""
    model.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    before = model.get_weights()
    loss = model.train_on_batch(photographs(*model.input_shape[1:]), np.array([3, 1, 4]))
    pairs = zip(model.weights, before, model.get_weights(), strict=True)
    return {"loss": np.asarray(loss)} | {
        f"gradient of {weight.path}": old - new for weight, old, new in pairs
    }


def explanations(model):
    images = photographs(20, 26)
    return {
        "saliency": insight.saliency(model, images, [2, 0, 3]),
        "guided backpropagation": insight.guided_backpropagation(model, images, 1),
        "Grad-CAM": insight.grad_cam(model, images, 0, layer="relu"),
    }


def steps_of_style(model):
    transfer = style.StyleTransfer(model, content_layer="relu", style_layers=["first", "relu"])
    content, painted, picture = photographs(20, 26)
    cost, gradient = transfer.value_and_gradient(picture, content, painted, beta=10, gamma=0.1)
    made = transfer(content, painted, beta=10, steps=4)
    return {
        "cost": np.asarray(cost),
        "gradient": gradient,
        "costs of four steps": np.asarray(made.costs),
        "picture after four steps": made.picture,
    }


def lenet5():
    return zoo.build_lenet5(activation="tanh")  # smooth: no unit switches


def mobilenet():
    return zoo.build_mobilenet_v1(input_shape=(64, 48, 3), num_classes=5, width_multiplier=0.25)


SUBJECTS = {
    "LeNet-5's answers": (lenet5, answers),
    "a step of LeNet-5's training": (lenet5, step_of_training),
    "MobileNet's answers": (mobilenet, answers),
    "what a score rests on": (small_network, explanations),
    "style transfer": (small_network, steps_of_style),
}


def measured(subject, *, on, rounding=np.asarray):
    """Build a network on a device, give it weights that NumPy drew, and measure it there."""
    build, measure = SUBJECTS[subject]
    rng = np.random.default_rng(1)
    with keras.device(on), full_float32():
        model = build()
        for weight in model.weights:
            fan_in = np.prod(weight.shape[:-1])
            if "depthwise" in weight.path:
                fan_in = np.prod(weight.shape[:2])
            matrix = rng.normal(0, (2 / fan_in) ** 0.5, weight.shape)
            vector = rng.uniform(0.1, 1, weight.shape)  # biases, and variances that are positive
            weight.assign(rounding(np.float32(matrix if len(weight.shape) > 1 else vector)))
            assert kind_of_device(weight.value) == on.partition(":")[0]
        return measure(model)


def assert_equal_but_for_rounding(expected, found):
    assert expected.keys() == found.keys()
    for name, wanted in expected.items():
        assert found[name].shape == wanted.shape
        largest = np.abs(wanted).max()
        assert largest > 0, f"{name}: all zeros agree with anything that is zero"
        error = np.abs(found[name] - wanted).max() / largest
        assert error < TOLERANCE, f"{name}: off by {error:.1e} of its largest value"


@pytest.mark.gpu
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_gpu_computes_what_the_cpu_computes(subject, gpu):
    expected = measured(subject, on=CPU)
    assert_equal_but_for_rounding(expected, measured(subject, on=gpu))


@pytest.mark.gpu
def test_setup_reports_the_gpu(gpu):
    script = "from cnnutils import device; print(found := device.setup(seed=1)); print(found.kind)"
    command = [sys.executable, "-c", script]
    written = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    report, kind = written.splitlines()
    assert kind == gpu.partition(":")[0]
    assert re.match(r"Device\(\d+ (GPUs?: \w|CPU core)", report), report


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_comparison_would_notice_tf32(subject):
    expected = measured(subject, on=CPU)
    with pytest.raises(AssertionError, match="of its largest value"):
        assert_equal_but_for_rounding(expected, measured(subject, on=CPU, rounding=as_tf32))
