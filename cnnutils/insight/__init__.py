"""What a network has learnt: where a unit looks, what excites it, what a score rests on.

Runs on every backend of Keras.
"""

from cnnutils.insight.attribution import grad_cam, guided_backpropagation, saliency
from cnnutils.insight.maximisation import maximise_activation
from cnnutils.insight.patches import BestPatches, best_patches, unit_field

__all__ = [
    "BestPatches",
    "best_patches",
    "grad_cam",
    "guided_backpropagation",
    "maximise_activation",
    "saliency",
    "unit_field",
]
