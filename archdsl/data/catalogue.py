"""The data sets that `--data` names."""

from archdsl.data import cifar10, digits
from archdsl.data.images import SPLITS, DataError, ImageData, check_network
from archdsl.network import Network

NAMES = ("digits", "cifar10")


def load(name: str, directory: str | None, network: Network, needed: tuple[str, ...] = SPLITS) -> ImageData:
    """Load a data set for a network; raise DataError where one does not fit the other, or the files are not right."""
    if name == "digits":
        check_network(network, "digits", len(digits.CLASSES), None)
        return digits.load(network.input)
    if directory is None:
        raise DataError("--data cifar10 needs --data-dir: the folder that holds its official batches")
    check_network(network, "CIFAR-10", len(cifar10.CLASSES), cifar10.SIZE)
    return cifar10.load(directory, needed)
