"""What ops say of themselves, which callers ask instead of their names: each trait, and the ops that have it."""

import pytest

from archdsl.lang.vocabulary import NORMS, TAKES_NORM
from archdsl.ops import OPS
from archdsl.resolve.conventions import CONVENTIONS


@pytest.mark.parametrize(
    ("trait", "ops"),
    [
        ("is_filter", "conv depthwise conv_transpose"),
        ("takes_flat", "dense"),
        ("takes_norm", "conv depthwise conv_transpose dense"),
        ("takes_groups", "conv"),
        ("is_conv", "conv"),
        ("activates", "activation"),
        ("flattens", "flatten"),
        ("reshapes", "reshape"),
        ("axes", "expand embedding"),
        ("rises", "drop_path"),
        ("gates", "multiply"),
        ("alone", "avg_pool"),
        ("keeps_channels", "depthwise"),
        ("takes_tokens", "embedding"),
        ("commutes", "add multiply maximum average"),
        ("edges", "pad crop"),
        ("norm", "batch_norm layer_norm group_norm instance_norm"),
        ("whole", "max_pool avg_pool"),
        (
            "pools",
            "max_pool avg_pool global_avg_pool global_max_pool global_std_pool adaptive_avg_pool adaptive_max_pool",
        ),
    ],
)
def test_which_ops_have_a_trait(trait: str, ops: str) -> None:
    assert {name for name, op in OPS.items() if getattr(op, trait)} == set(ops.split())


def test_an_op_of_the_whole_map_is_one() -> None:
    assert all(OPS[op.whole].is_global for op in OPS.values() if op.whole)
    assert OPS["pad"].edges == 1
    assert OPS["crop"].edges == -1


def test_what_an_op_without_a_window_sees() -> None:
    assert {op.sees for op in OPS.values()} == {"", "place", "part"}
    assert not [op.name for op in OPS.values() if op.sees and (op.takes_stride or op.collapses)]


def test_settings_that_give_parameters_are_there() -> None:
    given = [param.setting for op in OPS.values() for param in op.params if param.setting]
    assert set(given) <= CONVENTIONS.keys()
    assert {"norm-epsilon", "norm-momentum", "norm-groups", "norm-scale"} <= set(given)


def test_words_of_norms_are_those_that_the_setting_has() -> None:
    assert set(NORMS.values()) | {"none"} == set(CONVENTIONS["norm"].values)
    assert all(OPS[name].takes_norm for name in TAKES_NORM)
