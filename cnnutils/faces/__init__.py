"""What training adds where faces are recognised: triplets, their loss, batches and pairs."""

from cnnutils.faces.batches import PersonBatches
from cnnutils.faces.pairs import pair_features
from cnnutils.faces.triplets import (
    BatchTripletLoss,
    Mining,
    Triplets,
    mine_triplets,
    triplet_loss,
)

__all__ = [
    "BatchTripletLoss",
    "Mining",
    "PersonBatches",
    "Triplets",
    "mine_triplets",
    "pair_features",
    "triplet_loss",
]
