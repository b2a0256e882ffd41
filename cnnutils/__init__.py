"""The package that every notebook of the course calls.

Importing it imports nothing else and changes nothing: no Keras, no plotting library, no seed, no
environment variable. Take what you need from its modules: `from cnnutils import ops, shapes`.
"""

import warnings


def __getattr__(name: str) -> str:
    if name != "__version__":
        raise AttributeError(f"module 'cnnutils' has no attribute {name!r}")
    from importlib import metadata

    try:
        return metadata.version("cnnutils")
    except metadata.PackageNotFoundError:  # used from a checkout that was not installed
        return "not installed"


def made_with(version: str) -> None:
    """Say which version of cnnutils a notebook was made with; warn when this is another one.

    Args:
        version: the version under which the notebook's outputs were computed, such as "0.1.0".

    Example:
        >>> import cnnutils
        >>> made_with(cnnutils.__version__)  # the right version: nothing happens
    """
    installed = __getattr__("__version__")
    if version != installed:
        warnings.warn(
            f"this notebook was made with cnnutils {version}, you have {installed}; "
            "its numbers may differ from those on the page",
            stacklevel=2,
        )
