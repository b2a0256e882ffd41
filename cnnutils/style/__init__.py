"""Style transfer: what a picture shows from one image, how it is painted from another.

Two costs compare the feature maps of a network: the content cost place by place, the style cost
by the Gram matrix, which knows which channels occur together and not where. The picture that
makes both small is found by gradient descent on its pixels. Runs on every backend of Keras.
"""

from cnnutils.style.color import match_colors
from cnnutils.style.features import calibrate, feature_maps, with_average_pooling
from cnnutils.style.losses import content_loss, gram_matrix, style_loss, total_variation
from cnnutils.style.transfer import StyleTransfer, Transferred

__all__ = [
    "StyleTransfer",
    "Transferred",
    "calibrate",
    "content_loss",
    "feature_maps",
    "gram_matrix",
    "match_colors",
    "style_loss",
    "total_variation",
    "with_average_pooling",
]
