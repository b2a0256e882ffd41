"""What hardware is here, and the settings that must stand before Keras is used."""

import contextlib
import importlib
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, cast

from cnnutils._checks import as_bool, as_choice, as_int

Precision = Literal["float32", "mixed_float16", "mixed_bfloat16"]

_BACKEND_NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
# Only what is unset is set, and nothing about threads: whoever pinned something had a reason.
_ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",  # start-up notes about CUDA and CPU features are no errors
    # oneDNN announces itself at any log level, and orders its sums by the kind of CPU: other last
    # digits than on the page. Where speed on a CPU matters more, set it to 1 yourself.
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",  # JAX: memory grows instead of 75 % at once
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Device:
    """What the course runs on, and how it was set up.

    Args:
        kind: "cpu", "gpu" or "tpu".
        names: one name for each device, such as ("Tesla T4",).
        num_devices: number of GPUs or TPU cores; for a CPU the number of logical devices, mostly 1.
        num_cores: CPU cores that this process may use.
        backend: Keras' backend: "tensorflow", "jax" or "torch".
        backend_version: its version.
        keras_version: Keras' version.
        precision: Keras' dtype policy.
        seed: the seed of every random generator.
        deterministic: whether operations were asked to repeat to the bit.
    """

    kind: Literal["cpu", "gpu", "tpu"]
    names: tuple[str, ...]
    num_devices: int
    num_cores: int
    backend: str
    backend_version: str
    keras_version: str
    precision: str
    seed: int
    deterministic: bool

    def __repr__(self) -> str:
        if self.kind == "cpu":
            hardware = f"{self.num_cores} CPU core{'s' if self.num_cores > 1 else ''}"
        else:
            plural = "s" if self.num_devices > 1 else ""
            models = ", ".join(dict.fromkeys(self.names))
            hardware = f"{self.num_devices} {self.kind.upper()}{plural}: {models}"
        backend = f"{_BACKEND_NAMES.get(self.backend, self.backend)} {self.backend_version}"
        seed = f"seed {self.seed}{'' if self.deterministic else ', not deterministic'}"
        return (
            f"Device({hardware}; Keras {self.keras_version} on {backend}; {self.precision}; {seed})"
        )


def setup(*, seed: int, precision: Precision = "float32", deterministic: bool = True) -> Device:
    """Prepare Keras and its backend for a chapter; print nothing.

    Call it once, before Keras is used. It quiets TensorFlow's logs, lets GPU memory grow as it is
    needed, seeds Python, NumPy and the backend, and sets Keras' dtype policy. Environment
    variables that you set keep their values; threads are left as they are.

    Args:
        seed: seed of every random generator, from 0 to 2³² − 1.
        precision: Keras' dtype policy. The mixed ones compute in 16 bits and keep weights in 32;
            they pay on a GPU ("mixed_float16") or a TPU ("mixed_bfloat16"), not on a CPU.
        deterministic: ask for the same bits in every run on the same machine. TensorFlow's
            operations then all repeat, some slower; under PyTorch cuDNN's do; JAX repeats on a
            CPU, on a GPU only with XLA_FLAGS=--xla_gpu_deterministic_ops=true set beforehand.
            Once on, TensorFlow keeps it on until the kernel restarts.

    Returns:
        Device: what was found and set.

    Raises:
        ImportError: Keras or its backend is not installed.
        TypeError: seed is not an integer, or deterministic not a bool.
        ValueError: seed or precision is not one of the values above.
    """
    seed = as_int("setup", "seed", seed, minimum=0)
    if seed >= 2**32:
        raise ValueError(f"setup: seed must be at most 4294967295 (2³² − 1), got {seed}.")
    as_choice("setup", "precision", precision, ("float32", "mixed_float16", "mixed_bfloat16"))
    deterministic = as_bool("setup", "deterministic", deterministic)
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    keras = _import_keras("setup")
    name = keras.config.backend()
    backend = importlib.import_module(name)
    kind, names = _prepare(name, backend, deterministic=deterministic)
    keras.utils.set_random_seed(seed)
    keras.config.set_dtype_policy(precision)
    return Device(
        kind=kind,
        names=names,
        num_devices=len(names),
        num_cores=_num_cores(),
        backend=name,
        backend_version=backend.__version__,
        keras_version=keras.__version__,
        precision=precision,
        seed=seed,
        deterministic=deterministic,
    )


def strategy() -> AbstractContextManager[Any]:
    """Return the context in which a model uses every device that is here.

    Build, compile and fit the model inside: `with device.strategy(): ...`. A batch is then split
    over the devices, so its size should be a multiple of their number; on one device nothing
    changes. Under TensorFlow it is a `tf.distribute.MirroredStrategy` over several GPUs (or over
    several logical CPUs), and TensorFlow's own single-device strategy otherwise. Under JAX it is
    a `keras.distribution.DataParallel` over several devices, TPU cores included. PyTorch wants
    one process a GPU, which a notebook cannot start, so there it does nothing, as under JAX with
    one device.

    Raises:
        ImportError: Keras or its backend is not installed.
    """
    keras = _import_keras("strategy")
    name = keras.config.backend()
    if name == "tensorflow":
        import tensorflow as tf

        gpus = tf.config.list_logical_devices("GPU")
        devices = [device.name for device in gpus or tf.config.list_logical_devices("CPU")]
        several = len(devices) > 1
        chosen = (
            tf.distribute.MirroredStrategy(devices) if several else tf.distribute.get_strategy()
        )
        return cast(AbstractContextManager[Any], chosen.scope())
    if name == "jax":
        devices = keras.distribution.list_devices()
        if len(devices) > 1:
            chosen = keras.distribution.DataParallel(devices=devices)
            return cast(AbstractContextManager[Any], chosen.scope())
    return contextlib.nullcontext()


def profile() -> Literal["quick", "full"]:
    """Return how much the notebooks compute: the environment variable CNN_PROFILE.

    "quick", the default, runs a chapter in about a minute on two CPU cores with data that ships
    with the packages. "full" takes the real data and trains longer; it is meant for a GPU.

    Raises:
        ValueError: CNN_PROFILE is set to something else.
    """
    value = os.environ.get("CNN_PROFILE", "quick")
    as_choice("profile", "the environment variable CNN_PROFILE", value, ("quick", "full"))
    return "full" if value == "full" else "quick"


# --- what depends on the backend --------------------------------------------------------------


def _import_keras(function: str) -> ModuleType:
    try:
        return importlib.import_module("keras")
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in ("keras", *_BACKEND_NAMES):  # another fault, with its own mend
            raise
        raise ImportError(
            f"{function}: {missing} is not installed. For Keras on TensorFlow: pip install "
            "'cnnutils[cpu]' (or 'cnnutils[gpu]' for an NVIDIA GPU on Linux); for Keras on "
            "another backend, install that and set KERAS_BACKEND to 'jax' or 'torch'."
        ) from error


def _prepare(
    name: str, backend: ModuleType, *, deterministic: bool
) -> tuple[Literal["cpu", "gpu", "tpu"], tuple[str, ...]]:
    """Set what is the backend's own; return the kind of device and one name for each."""
    if name == "tensorflow":
        return _prepare_tensorflow(backend, deterministic=deterministic)
    if name == "jax":
        return _prepare_jax(backend)
    if name == "torch":
        return _prepare_torch(backend, deterministic=deterministic)
    raise ValueError(
        f"setup: Keras' backend must be 'tensorflow', 'jax' or 'torch', got {name!r}; "
        "set the environment variable KERAS_BACKEND and restart the kernel."
    )


def _prepare_tensorflow(
    tf: Any, *, deterministic: bool
) -> tuple[Literal["cpu", "gpu", "tpu"], tuple[str, ...]]:
    tf.get_logger().setLevel("ERROR")  # its notes about retracing hold addresses
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        # too late once a GPU is in use, refused where it was split into virtual ones: both fine
        with contextlib.suppress(RuntimeError, ValueError):
            tf.config.experimental.set_memory_growth(gpu, True)
    if gpus:
        details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
        return "gpu", tuple(detail.get("device_name", "GPU") for detail in details)
    return "cpu", ("CPU",)


def _prepare_jax(jax: Any) -> tuple[Literal["cpu", "gpu", "tpu"], tuple[str, ...]]:
    devices = jax.local_devices()
    names = tuple(device.device_kind for device in devices)
    platform = devices[0].platform
    if platform == "cpu":
        return "cpu", names
    return ("tpu" if platform == "tpu" else "gpu"), names  # "cuda" and "rocm" are GPUs


def _prepare_torch(
    torch: Any, *, deterministic: bool
) -> tuple[Literal["cpu", "gpu", "tpu"], tuple[str, ...]]:
    torch.backends.cudnn.deterministic = deterministic
    torch.backends.cudnn.benchmark = not deterministic
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        return "gpu", tuple(torch.cuda.get_device_name(index) for index in range(count))
    if torch.backends.mps.is_available():
        return "gpu", ("Apple GPU",)
    return "cpu", ("CPU",)


def _num_cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux: respects taskset and containers' CPU sets
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
