"""What the machine is and multiplies."""

from archdsl.backends.quiet import import_keras

_CPUINFO = "/proc/cpuinfo"
_BFLOAT16 = ("avx512_bf16", "amx_bf16")


def has_accelerator() -> bool:
    """Return whether Keras' backend computes on a GPU or a TPU here."""
    keras = import_keras()
    match keras.backend.backend():
        case "tensorflow":
            import tensorflow as tf

            return bool(tf.config.list_physical_devices("GPU") or tf.config.list_physical_devices("TPU"))
        case "torch":
            import torch

            return bool(torch.cuda.is_available())
    # JAX refuses a kind it has none of.
    return any(not device.startswith("cpu") for device in keras.distribution.list_devices())


def multiplies_bfloat16() -> bool:
    """Return whether the CPU has instructions that multiply bfloat16 (AVX512-BF16, AMX)."""
    text = _cpuinfo()
    return any(flag in text for flag in _BFLOAT16)


def cpu() -> str:
    """Name the CPU and its count, as a key: times measured on one say nothing of another."""
    import os
    import platform

    names = [
        line.partition(":")[2].strip() for line in _cpuinfo().splitlines() if line.startswith("model name")
    ]
    return f"{names[0] if names else platform.processor()} x{os.cpu_count()}"


def _cpuinfo() -> str:
    try:
        with open(_CPUINFO, encoding="ascii", errors="ignore") as file:
            return file.read(20_000)
    except OSError:
        return ""
