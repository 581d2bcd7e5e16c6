"""`archdsl compile RUN|FILE -o OUT`: a model for Keras, ONNX, LiteRT or TensorFlow, or source for Keras or
PyTorch; the table is always checked first."""

import argparse
import os
from typing import Any

from archdsl.cli import data_options, deploy_options
from archdsl.cli.deploy_options import FAILED, MISSING

CALIBRATION = 256
ENDINGS = (
    "its name must end in .keras, .onnx, .tflite or .py, or be that of a folder (for a SavedModel: "
    "saved_model/)"
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    deploy_options.arguments(parser)
    parser.add_argument(
        "-o", "--output", metavar="OUT", required=True,
        help=("what to write: model.keras, model.onnx, model.tflite, a folder (SavedModel), or model.py "
             "(source)"),
    )  # fmt: skip
    parser.add_argument(
        "--target", choices=("keras", "torch"), help="framework of the source in model.py (default: keras)"
    )
    parser.add_argument(
        "--fold", action=argparse.BooleanOptionalAction, default=None,
        help=("fold batch norm and leave out what only training needs (default: yes; no for model.keras of "
             "a spec, which is meant for training)"),
    )  # fmt: skip
    parser.add_argument(
        "--with-scaling", action="store_true", help="let the model take uint8 images and scale them itself"
    )
    parser.add_argument(
        "--int8", action="store_true", help="quantise to 8-bit integers with training images (.onnx, .tflite)"
    )
    parser.add_argument(
        "--calibrate",
        type=data_options.positive,
        metavar="N",
        help="number of images that --int8 measures ranges on (default: 256)",
    )
    deploy_options.data_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Compile the network of the command line."""
    code = _usage(args)
    if code:
        return code
    found = deploy_options.opened(args)
    if isinstance(found, int):
        return found
    try:
        return (
            _write_source(found.network, args) if args.output.endswith(".py") else _write_model(found, args)
        )
    except OSError as error:
        return deploy_options.told(
            OSError(f"cannot write {args.output}: {(error.strerror or str(error)).lower()}")
        )


def _usage(args: argparse.Namespace) -> int:
    from archdsl.deploy.registry import INTEGERS, format_of

    source = args.output.endswith(".py")
    form = None if source else format_of(args.output)
    if not source and form is None:
        return deploy_options.told(ValueError(f"cannot write {args.output}: {ENDINGS}"))
    if args.int8 and form and form not in INTEGERS:
        return deploy_options.told(ValueError(f"--int8 writes .onnx and .tflite, not a {form.name} file"))
    if source and (args.int8 or args.with_scaling or deploy_options.is_run(args)):
        return deploy_options.told(
            ValueError("source can only be written for a spec, without --int8 and --with-scaling")
        )
    if idle := _idle(args):
        return deploy_options.told(ValueError(idle))
    if args.target and not source:
        return deploy_options.told(
            ValueError(f"--target chooses the framework of a .py file, but {args.output} is not one")
        )
    if (args.int8 or args.with_scaling) and not (args.data or deploy_options.is_run(args)):
        return deploy_options.told(
            ValueError(
                "--int8 and --with-scaling need images: pass --data, or a run folder instead of a spec"
            )
        )
    return 0


def _idle(args: argparse.Namespace) -> str:
    """Say which option would have no effect."""
    if args.calibrate and not args.int8:
        return "--calibrate has no effect without --int8: add that, or remove it"
    if args.data and not args.int8 and deploy_options.is_run(args):
        return "--data has no effect on a run without --int8: it keeps its scaling and classes; remove it"
    return ""


def _write_source(network: Any, args: argparse.Namespace) -> int:
    from archdsl.backends import python_source, torch_init, torch_source
    from archdsl.writing import write_whole

    name, source = (
        ("PyTorch", torch_source.source) if args.target == "torch" else ("Keras", python_source.source)
    )
    try:
        text = source(network.graph, args.file.replace("\\", "/").rpartition("/")[2])
    except torch_source.NoForm as error:
        return deploy_options.told(error, FAILED)
    write_whole(args.output, text)
    print(
        f"wrote {args.output}: {text.count(chr(10))} lines of {name}, {network.params.trainable:,} "
        f"trainable parameters"
    )
    if args.target == "torch" and (kinds := torch_init.mixed(torch_init.rules(network.graph))):
        deploy_options.told(
            ValueError(f"{', '.join(kinds)}: initialised in several ways, which is left to PyTorch")
        )
    return 0


def _write_model(found: deploy_options.Opened, args: argparse.Namespace) -> int:
    from archdsl.data.images import DataError
    from archdsl.deploy.beside import beside
    from archdsl.deploy.errors import DeployError, Missing
    from archdsl.deploy.packages import require
    from archdsl.deploy.registry import KERAS, format_of
    from archdsl.train.errors import RunError

    form = format_of(args.output)
    assert form is not None
    if form != KERAS:
        # What it exports; the weights are the same on every backend.
        os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        require(form.needs)
        with beside(args.output, form.marker) as path:
            said = _written(found, args, path, form)
    except Missing as error:
        return deploy_options.told(error, MISSING)
    except DeployError as error:
        return deploy_options.told(error, FAILED)
    except (DataError, RunError) as error:
        return deploy_options.told(error)
    print(f"wrote {args.output}: {said}")
    return 0


def _written(found: deploy_options.Opened, args: argparse.Namespace, path: Any, form: Any) -> str:
    """Write the file and say what it is."""
    from archdsl.deploy.export import write_checked
    from archdsl.deploy.int8.quantise import quantise
    from archdsl.deploy.job import Job, written_model
    from archdsl.deploy.registry import KERAS

    images = deploy_options.data(args, found) if args.int8 or not found.config else None
    fold = (found.config is not None or form != KERAS) if args.fold is None else args.fold
    job = Job(
        found.network,
        deploy_options.model(args, found),
        deploy_options.feed(found, images),
        fold,
        args.with_scaling,
    )
    if args.int8:
        return _quantised(quantise(job, path, form, images, args.calibrate or CALIBRATION), form)
    model = (
        job.model if form == KERAS and not (fold or args.with_scaling) else written_model(job, form.converted)
    )
    error = write_checked(job, model, path, form)
    return f"{_norms(job)}, {model.count_params():,} parameters; {_checked(form, error)}"


def _norms(job: Any) -> str:
    """Say what became of the network's norms."""
    from archdsl.deploy.job import weighted

    before, after = (
        sum(node.op == "batch_norm" for node in graph.nodes)
        for graph in (job.network.graph, weighted(job).graph)
    )
    if not job.fold:
        return f"{_counted(before)} kept"
    return f"{before - after} of {_counted(before)} folded"


def _counted(norms: int) -> str:
    return f"{norms} batch norm{'s' * (norms != 1)}"


def _checked(form: Any, error: float) -> str:
    return f"the {form.name} file was run and differs by {error:.1e} from the network"


def _quantised(result: Any, form: Any) -> str:
    return (
        f"8-bit integers, ranges from {result.calibrated:,} training images\n"
        f"accuracy on {result.split} ({result.images:,} images): float {result.accuracy_float:.4f}, int8 "
        f"{result.accuracy_int8:.4f}; "
        f"before that, {_checked(form, result.error)}"
    )
