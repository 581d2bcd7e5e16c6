"""Keras and TensorFlow as engines: layer by layer as Keras predicts, or compiled."""

from typing import TYPE_CHECKING, Any

from archdsl.deploy.check import Engine

if TYPE_CHECKING:
    import numpy as np


def predicted(model: Any) -> Engine:
    """Run a model by Keras' own `predict`."""
    import numpy as np

    return lambda inputs: np.asarray(_first(model.predict(inputs, batch_size=len(inputs), verbose=0)))


def compiled(model: Any) -> Engine:
    """Run a model as one `tf.function`, which takes any number of examples."""
    function = _traced(model)
    return lambda inputs: _first(function(inputs)).numpy()


def frozen(model: Any) -> Engine:
    """Run a model as one function whose weights are constants, so that TensorFlow prepares them once for its
    kernels."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    function = convert_variables_to_constants_v2(_traced(model).get_concrete_function())

    def run(inputs: "np.ndarray") -> "np.ndarray":
        return function(tf.constant(inputs))[0].numpy()  # type: ignore[no-any-return]

    return run


def saved_model(path: str) -> Engine:
    """Run the serving function of a SavedModel."""
    import tensorflow as tf

    model = tf.saved_model.load(path)

    def run(inputs: "np.ndarray") -> "np.ndarray":
        return _first(model.serve(tf.constant(inputs))).numpy()  # type: ignore[no-any-return]

    return run


def loaded(path: str) -> Engine:
    """Run a saved Keras model."""
    from archdsl.backends.quiet import import_keras

    return compiled(import_keras().models.load_model(path, compile=False))


def _traced(model: Any) -> Any:
    import tensorflow as tf

    specs = [tf.TensorSpec((None, *one.shape[1:]), one.dtype) for one in model.inputs]
    signature = specs if len(specs) == 1 else [specs]
    return tf.function(lambda inputs: model(inputs, training=False), input_signature=signature)


def _first(outputs: Any) -> Any:
    return outputs[0] if isinstance(outputs, list | tuple) else outputs
