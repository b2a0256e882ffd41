"""What training adds to a network: changed copies of images, new starts, several crops, a bar."""

from cnnutils.training.batches import AugmentedBatches
from cnnutils.training.crops import ten_crop
from cnnutils.training.pca_color import RandomPCAColor
from cnnutils.training.progress import ProgressBar
from cnnutils.training.starts import restart

__all__ = ["AugmentedBatches", "ProgressBar", "RandomPCAColor", "restart", "ten_crop"]
