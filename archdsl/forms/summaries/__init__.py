"""Summaries that frameworks print of a model -> tables with a column for each role.

    Layer (type)                 Output Shape         Param #     Connected to
    conv2d (Conv2D)              (None, 30, 30, 8)    224         input_1[0][0]

`printed.py` finds them in plain text, `rows.py` reads rows, `layers.py` tells what layer each is. What the
print leaves out of a layer, counts and sizes say: `lang/classes.py` has the classes.
"""
