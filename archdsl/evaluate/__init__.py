"""A model and images with labels -> how good it is: numbers, pictures, a report; runs side by side; single
images."""

from archdsl.evaluate.evaluation import Evaluation
from archdsl.evaluate.measuring import measure

__all__ = ["Evaluation", "measure"]
