"""A backend and a number of devices -> the place that trains on them.

On a machine without accelerators several devices are virtual ones: its CPU, divided. They are no faster; they
show that a training on several devices comes to the same.
"""

import os
from typing import Any

from archdsl.backends.quiet import held_back, import_keras
from archdsl.scale.place import Place, PlaceError
from archdsl.scale.processes import Processes

_VIRTUAL = "--xla_force_host_platform_device_count"


def place(count: int | None = None, processes: Processes | None = None) -> Place:
    """Return the place of `count` devices of each process; None takes every accelerator, or one CPU.

    Raises PlaceError where there are fewer, or the backend cannot train on several.
    """
    backend = import_keras().backend.backend()
    if processes is not None and processes.count > 1 and backend != "jax":
        raise PlaceError(f"several processes need the backend jax, and this is {backend}: pass --backend jax")
    if backend == "tensorflow":
        return _mirrored(count)
    _leave_gpus_alone()
    if backend == "jax":
        return _parallel(count, processes or Processes())
    if count is not None and count > 1:
        raise PlaceError(
            f"the backend {backend} trains on one device here: several need --backend jax or tensorflow"
        )
    return Place(1, "one device")


def _leave_gpus_alone() -> None:
    """Keep TensorFlow, which only prepares the batches, from taking the memory of the accelerators."""
    with held_back():
        import tensorflow as tf

        tf.config.set_visible_devices([], "GPU")


def _mirrored(count: int | None) -> Place:
    import tensorflow as tf

    if count is not None and count > 1 and not tf.config.list_physical_devices("GPU"):
        _divide_cpu(tf, count)
    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    names = [device.name for device in _first(found, count)]
    kind = found[0].device_type
    if len(names) == 1:
        return Place(1, _text(1, kind))
    return Place(len(names), _text(len(names), kind), tf.distribute.MirroredStrategy(names))


def _divide_cpu(tf: Any, count: int) -> None:
    cpu = tf.config.list_physical_devices("CPU")[0]
    try:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
    except RuntimeError:  # TensorFlow has computed already: the devices are what they are
        return


def _parallel(count: int | None, processes: Processes) -> Place:
    import jax

    if count is not None and count > 1 and _VIRTUAL not in os.environ.get("XLA_FLAGS", ""):
        _divide_for_jax(jax, count)
    here = [
        _first([d for d in jax.devices() if d.process_index == index], count)
        for index in range(processes.count)
    ]
    chosen = [f"{device.platform}:{device.id}" for devices in here for device in devices]
    kind = jax.devices()[0].platform.upper()
    if len(chosen) == 1:
        return Place(1, _text(1, kind))
    # Each process reads its own part of every batch, so Keras has nothing to divide.
    strategy = import_keras().distribution.DataParallel(devices=chosen, auto_shard_dataset=False)
    where = (
        f"{_text(len(here[0]), kind)} in each of {processes.count} processes"
        if processes.count > 1
        else _text(len(chosen), kind)
    )
    return Place(len(chosen), where, strategy, processes)


def _divide_for_jax(jax: Any, count: int) -> None:
    try:
        jax.config.update("jax_num_cpu_devices", count)
    except RuntimeError:  # JAX has computed already
        return


def _first(found: list[Any], count: int | None) -> list[Any]:
    if count is not None and len(found) < count:
        raise PlaceError(
            f"{count} devices are asked for, and there {'is' if len(found) == 1 else 'are'} {len(found)}"
        )
    return found[:count]


def _text(count: int, kind: str) -> str:
    virtual = ", virtual: they show that it works, and are no faster" if kind == "CPU" and count > 1 else ""
    return f"{count} {kind} device{'s' * (count > 1)}{virtual}"
