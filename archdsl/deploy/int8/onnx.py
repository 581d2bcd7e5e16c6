"""A float ONNX file -> one of 8-bit integers (quantise and dequantise nodes, weights per channel), by ONNX
Runtime."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def quantise(source: Path, target: Path, batches: Iterator[Any]) -> None:
    """Quantise a file; `batches` are what its ranges are taken from."""
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    name = onnx.load(source).graph.input[0].name

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def get_next(self) -> Any:
            batch = next(batches, None)
            return None if batch is None else {name: batch}

    prepared = target.with_name(f"prepared-{target.name}")
    logging.disable(logging.WARNING)  # it recommends the preparation that was done
    try:
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)
