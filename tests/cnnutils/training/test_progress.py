"""The bar: the line that it writes, and when it is silent."""

import io
import re

import pytest

from cnnutils import training
from cnnutils.training import progress


def run_bar(losses, **options):
    stream = io.StringIO()
    bar = training.ProgressBar(stream=stream, **options)
    bar.set_params({"epochs": len(losses)})
    bar.on_train_begin()
    for epoch, loss in enumerate(losses):
        bar.on_epoch_end(epoch, {"loss": loss, "val_loss": 2 * loss})
    bar.on_train_end()
    return stream.getvalue()


def test_the_bar_is_one_line_that_is_written_anew():
    written = run_bar([0.5, 0.25, 0.1234, 0.1], delay_seconds=0)
    assert written.split("\r") == [
        "",
        "epoch 1/4 [#####---------------] loss 0.5, val_loss 1",
        "epoch 2/4 [##########----------] loss 0.25, val_loss 0.5",
        "epoch 3/4 [###############-----] loss 0.123, val_loss 0.247",
        "epoch 4/4 [####################] loss 0.1, val_loss 0.2    \n",
    ]


def test_a_short_training_is_silent(capsys):
    assert run_bar([0.5, 0.25]) == ""
    bar = training.ProgressBar()
    bar.set_params({"epochs": 1})
    bar.on_train_begin()
    bar.on_epoch_end(0, {"loss": 1.0})
    bar.on_train_end()
    assert capsys.readouterr().out == ""


def test_a_long_training_is_not(monkeypatch):
    clock = iter([0.0, 29.0, 31.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    assert run_bar([0.5, 0.25]).startswith("\repoch 2/2 [")


def test_a_negative_delay_is_refused():
    sentence = "ProgressBar: delay_seconds must be at least 0, got -1."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        training.ProgressBar(delay_seconds=-1)
