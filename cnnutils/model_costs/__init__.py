"""What a whole Keras model costs: parameters, multiply-adds and values to keep, layer by layer.

Counted for one image and one forward pass, by the rules of `costs`: a MAC is one multiplication
and the addition after it, a FLOP count is twice that. Only convolutions, dense layers and layers
that say so themselves have MACs. Left out are biases, activations, pooling, normalisation, sums
and products of feature maps, resizing, and looking up an embedding.
"""

from cnnutils.model_costs.results import CountedLayer, ModelCosts
from cnnutils.model_costs.walk import model_costs

__all__ = ["CountedLayer", "ModelCosts", "model_costs"]
