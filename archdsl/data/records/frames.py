"""The frames of a TFRecord file: length (u64), masked CRC32C of it (u32), data, masked CRC32C of the data
(u32), little-endian.

Frames of one length are handled as rows of one array, without a loop over their bytes.
"""

from typing import TYPE_CHECKING

from archdsl.data.faults import DataError, needs

if TYPE_CHECKING:
    import numpy as np

HEAD, TAIL = 12, 4


def masked(values: "np.ndarray") -> "np.ndarray":
    """Mask checksums (uint32) as TFRecord files do: rotated right by 15 bits, plus a constant."""
    import numpy as np

    rotated = (values >> np.uint32(15)) | (values << np.uint32(17))
    return rotated + np.uint32(0xA282EAD8)


def checksums(rows: "np.ndarray") -> "np.ndarray":
    """Return the masked CRC32C of each row of bytes (n, length), as uint32 of shape (n,); a row's bytes stand
    side by side."""
    import numpy as np

    with needs("records"):
        from google_crc32c import value
    return masked(np.fromiter(map(value, rows), np.uint32, len(rows)))


def header(length: int) -> "np.ndarray":
    """Return the 12 bytes that a frame of so much data begins with."""
    import numpy as np

    size = np.array([length], "<u8").view(np.uint8)
    return np.concatenate([size, checksums(size[None]).astype("<u4").view(np.uint8)])


def offsets(data: "np.ndarray", place: str) -> "np.ndarray":
    """Find the frames of a file: (n, 2) of where the data of each begins, and its length; raise DataError
    where one is cut or damaged."""
    import numpy as np

    if not len(data):
        return np.empty((0, 2), np.int64)
    same = _of_one_length(data)
    return _walk(data, place) if same is None else same


def _of_one_length(data: "np.ndarray") -> "np.ndarray | None":
    import numpy as np

    length = int(data[:8].view("<u8")[0]) if len(data) >= HEAD + TAIL else 0
    if not 0 < length < len(data) or len(data) % (length + HEAD + TAIL):
        return None
    heads = data.reshape(-1, length + HEAD + TAIL)[:, :HEAD]
    if (heads != header(length)).any():
        return None
    begins = np.arange(len(heads), dtype=np.int64) * (length + HEAD + TAIL) + HEAD
    return np.stack([begins, np.full_like(begins, length)], axis=1)


def _walk(data: "np.ndarray", place: str) -> "np.ndarray":
    import numpy as np

    found: list[tuple[int, int]] = []
    known: dict[int, np.ndarray] = {}
    position = 0
    while position < len(data):
        if len(data) - position < HEAD + TAIL:
            raise DataError(f"{place} is cut short: record {len(found):,} has no whole header")
        length = int.from_bytes(data[position : position + 8].tobytes(), "little")
        if length not in known:
            known[length] = header(length)
        if (data[position : position + HEAD] != known[length]).any():
            raise DataError(
                f"{place} is damaged: the header of record {len(found):,} (byte {position:,}) does not "
                f"have its checksum"
            )
        if position + HEAD + length + TAIL > len(data):
            raise DataError(
                f"{place} is cut short: record {len(found):,} has {length:,} bytes, and the file ends before"
            )
        found.append((position + HEAD, length))
        position += HEAD + length + TAIL
    return np.array(found, np.int64)


def gathered(
    data: "np.ndarray", begins: "np.ndarray", length: int, place: str, numbers: "np.ndarray"
) -> "np.ndarray":
    """Copy records of one length out of a file, as rows; raise DataError for the first whose checksum is not
    its own."""
    import numpy as np

    step = HEAD + length + TAIL
    if len(begins) > 1 and (np.diff(begins) == step).all():
        rows = data[begins[0] - HEAD : begins[-1] + length + TAIL].reshape(-1, step)[:, HEAD:]
    else:
        rows = np.stack([data[begin : begin + length + TAIL] for begin in begins.tolist()])
    return intact(rows, place, numbers)


def intact(rows: "np.ndarray", place: str, numbers: "np.ndarray") -> "np.ndarray":
    """Return examples out of rows of examples with their checksums, (n, length + 4); raise DataError for the
    first that is damaged."""
    import numpy as np

    examples = rows[:, :-TAIL]
    stored = rows[:, -TAIL:].copy().view("<u4")[:, 0]
    wrong = np.flatnonzero(stored != checksums(examples))
    if len(wrong):
        raise DataError(f"{place} is damaged: record {numbers[wrong[0]]:,} does not have its checksum")
    return examples
