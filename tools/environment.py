"""The environment in which the book's outputs are computed, and in which they are verified.

Numbers agree from machine to machine only if sums are added in the same order: thread counts are
pinned, oneDNN and GPUs are off. One thread, because networks as small as these do not get faster by
a second one: two processes side by side use two cores better. Kernels and other child processes
inherit all of this. The backend of Matplotlib is not among it, because notebooks need their own.
"""

import os

VERIFICATION_ENVIRONMENT: dict[str, str] = {
    "CNN_PROFILE": "quick",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}


def apply() -> None:
    """Set what is not set yet; call it before NumPy or Keras is imported."""
    for name, value in VERIFICATION_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
