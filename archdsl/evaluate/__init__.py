"""A model and images with labels -> how good it is, as numbers, pictures and a report."""

from archdsl.evaluate.evaluation import Evaluation, measure

__all__ = ["Evaluation", "measure"]
