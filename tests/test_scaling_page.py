"""The arithmetic of docs/scaling.md, compared with known values and with a second way of counting."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "docs"))
import scaling

DEVICE = scaling.Accelerator()
TABLE1, RESNET50 = (job.network for job in scaling.JOBS)


def test_work_is_counted_on_the_checked_networks() -> None:
    assert scaling.gradient_bytes(RESNET50) == 4 * 25_557_032  # the published count of ResNet-50
    assert scaling.gradient_bytes(TABLE1) == 4 * 11_173_962
    # He et al. print 3.8 x 10^9 multiply-adds; a training step has three times two operations for each.
    assert scaling.operations(RESNET50) == pytest.approx(6 * 3.8e9, rel=0.02)
    maps = sum(a * b * c for a, b, c in ((112, 112, 64), *_bottlenecks()))
    assert scaling.traffic(RESNET50) == 2 * (8 + 6) * maps


def _bottlenecks() -> list[tuple[int, int, int]]:
    """List the maps behind the convolutions of ResNet-50's blocks: two narrow, one wide; a projection in each first block."""
    found = []
    for size, width, blocks in ((56, 64, 3), (28, 128, 4), (14, 256, 6), (7, 512, 3)):
        for block in range(blocks):
            # As in the paper: the first convolution of a stage's first block has the stride.
            found += [(size, size, width)] * 2 + [(size, size, 4 * width)] * (2 if block == 0 else 1)
    return found


def test_a_ring_sends_twice_all_but_one_part() -> None:
    link = scaling.Link("no latency", 1e9, 0.0)
    for count in (16, 64, 512):
        sent = scaling.ring_time(1e9, count, link, DEVICE) - 2 * (count - count // 8) * scaling.HOP_INSIDE
        assert sent == pytest.approx(2 * (count - 1) / count)
    inside = scaling.ring_time(450e9, 8, link, DEVICE)
    # The network of the machine does not count.
    assert inside == pytest.approx(2 * 7 / 8 + 14 * scaling.HOP_INSIDE)


def test_a_step_is_bound_by_what_takes_longer() -> None:
    slow_memory = DEVICE._replace(memory=1e9)
    slow_arithmetic = DEVICE._replace(flops=1e9)
    assert scaling.compute_time(TABLE1, 128, slow_memory) == pytest.approx(
        128 * scaling.traffic(TABLE1) / 1e9
    )
    assert scaling.compute_time(TABLE1, 128, slow_arithmetic) == pytest.approx(128 * 6 * TABLE1.macs / 1e9)


def test_norms_wait_for_hops_only() -> None:
    link = scaling.LINKS[0]
    alone, many = (scaling.norm_time(RESNET50, count, link) for count in (8, 64))
    assert alone == pytest.approx(53 * 4 * 3 * scaling.HOP_INSIDE)
    assert many - alone == pytest.approx(53 * 4 * 3 * link.hop)


def test_what_the_page_says_in_words_is_in_its_tables() -> None:
    page = scaling.PAGE.read_text(encoding="utf-8")
    assert page == scaling.filled(page)
    good = scaling.LINKS[0]
    times = [scaling.ring_time(scaling.gradient_bytes(RESNET50), count, good, DEVICE) for count in (64, 512)]
    assert [f"{time * 1e3:.1f} ms" for time in times] == ["0.8 ms", "2.9 ms"]
    assert all(
        text in page
        for text in ("0.8 ms for ResNet-50 on 64, 2.9 ms on 512", "212 times", "19.5 steps per epoch")
    )
    plain = scaling.ring_time(scaling.gradient_bytes(RESNET50), 16, scaling.LINKS[1], DEVICE)
    assert plain > scaling.compute_time(RESNET50, 128, DEVICE)
    assert 16 < scaling.traffic(RESNET50) / scaling.traffic(TABLE1) < 18
