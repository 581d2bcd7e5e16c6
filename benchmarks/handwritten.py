"""Table 1 as a person writes it in Keras: what the benchmarks measure archdsl against."""

import keras
from keras import layers

TRAINABLE, TOTAL = 11_173_962, 11_183_562


def conv_bn(x, filters, kernel_size, stride=1):
    """Convolution and batch normalisation."""
    x = layers.Conv2D(
        filters, kernel_size, strides=stride, padding="same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def residual_block(x, filters, stride=1):
    """Two 3x3 convolutions and a shortcut around them."""
    shortcut = x
    x = conv_bn(x, filters, 3, stride)
    x = layers.Activation("relu")(x)
    x = conv_bn(x, filters, 3)
    if stride != 1 or shortcut.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, 1, stride)
    x = layers.Add()([x, shortcut])
    return layers.Activation("relu")(x)


def build():
    """ResNet-18 for 32x32 images of 10 classes."""
    inputs = keras.Input((32, 32, 3))
    x = conv_bn(inputs, 64, 3)
    x = layers.Activation("relu")(x)
    for filters, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        x = residual_block(x, filters, stride)
        x = residual_block(x, filters)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(10)(x)
    return keras.Model(inputs, layers.Activation("softmax")(x))
