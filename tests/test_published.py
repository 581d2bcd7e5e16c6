"""Tables of published networks in the forms that this version reads: counts as published, from the rows as printed."""

from pathlib import Path

import pytest

import archdsl

# Published trainable parameters: Krizhevsky 2012 (Caffe), Springenberg 2014 (All-CNN-C), Redmon 2017 (Darknet-19), Lin 2013 (NIN),
# He 2015 (torchvision), Xie 2016 (torchvision), Simonyan 2014 (VGG-D, torchvision).
TABLES = {
    "alexnet.arch": (
        60_965_224,
        r"""input 227x227x3
conv1 55x55x96 11x11 conv, 96, stride 4
pool1 27x27x96 3x3 max pool, stride 2
conv2 27x27x256 5x5 conv, 256, groups=2
pool2 13x13 3x3 max pool, stride 2
conv3 13x13 3x3, 384
conv4 13x13 3x3, 384, groups=2
conv5 13x13 3x3, 256, groups=2
pool5 6x6 3x3 max pool, stride 2
fc6 - 4096-d fc, dropout 0.5
fc7 - 4096-d fc, dropout 0.5
fc8 - 1000-d fc, softmax
""",
    ),
    "allcnn.arch": (
        1_369_738,
        r"""input 32x32x3
c1 32x32 3x3 conv. 96 ReLU
c2 32x32 3 x 3 conv. 96 ReLU
c3 16x16 3x3 conv, 96, ReLU, with stride 2
c4 16x16 3x3 conv, 192
c5 16x16 3x3 conv, 192
c6 8x8 3x3 conv, 192, stride 2
c7 6x6 3x3 conv, 192
c8 6x6 1x1 conv, 192
c9 6x6 1x1 conv, 10
out 1x1 global average pooling, softmax
""",
    ),
    "darknet.arch": (
        20_842_376,
        r"""input 224x224x3
norm batch
activation leaky
c1 224x224 3x3, 32
p1 112x112 maxpool 2x2/2
c2 112x112 3x3, 64
p2 56x56 maxpool 2x2/2
c3 56x56 3x3, 128; 1x1, 64; 3x3, 128
p3 28x28 maxpool 2x2/2
c4 28x28 3x3, 256; 1x1, 128; 3x3, 256
p4 14x14 maxpool 2x2/2
c5 14x14 3x3, 512; 1x1, 256; 3x3, 512; 1x1, 256; 3x3, 512
p5 7x7 maxpool 2x2/2
c6 7x7 3x3, 1024; 1x1, 512; 3x3, 1024; 1x1, 512; 3x3, 1024
c7 7x7 1x1, 1000, bias, no bn, linear
out 1x1 global avgpool, softmax
""",
    ),
    "nin.arch": (
        966_986,
        r"""input 32x32x3
mlpconv1 32x32 5x5, 192; 1x1, 160; 1x1, 96
pool1 16x16 3x3 max pool, stride 2; dropout 0.5
mlpconv2 16x16 5x5, 192; 1x1, 192; 1x1, 192
pool2 8x8 3x3 average pool, stride 2; dropout 0.5
mlpconv3 8x8 3x3, 192; 1x1, 192; 1x1, 10
out 1x1 global average pool, softmax
""",
    ),
    "resnet18.md": (
        11_689_512,
        r"""# ResNet-18

| layer name | output size | 18-layer |
|---|---|---|
| conv1 | 112x112 | 7x7, 64, stride 2 |
| conv2_x | 56x56 | 3x3 max pool, stride 2<br>[3x3, 64<br>3x3, 64] x 2 |
| conv3_x | 28x28 | $[3 \times 3, 128; 3 \times 3, 128] \times 2$ |
| conv4_x | 14x14 | [3x3, 256; 3x3, 256]×2 |
| conv5_x | 7x7 | [3x3, 512; 3x3, 512] * 2 |
|  | 1x1 | average pool, 1000-d fc, softmax |
""",
    ),
    "resnet50.arch": (
        25_557_032,
        r"""input 224x224x3
classes 1000
style resnet
layer name | output size | 50-layer
conv1 | 112×112 | 7×7, 64, stride 2
pool1 | 56×56 | 3×3 max pool, stride 2
conv2_x | 56×56 | [1×1, 64; 3×3, 64; 1×1, 256] × 3
conv3_x | 28×28 | [1×1, 128; 3×3, 128; 1×1, 512] × 4
conv4_x | 14×14 | [1×1, 256; 3×3, 256; 1×1, 1024] × 6
conv5_x | 7×7 | [1×1, 512; 3×3, 512; 1×1, 2048] × 3
 | 1×1 | average pool, 1000-d fc, softmax
""",
    ),
    "resnext.arch": (
        25_028_904,
        r"""input 224x224x3
style resnet
conv1 112x112 7x7, 64, stride 2
pool 56x56 3x3 max pool, stride 2
conv2 56x56 [1x1, 128; 3x3, 128, C=32; 1x1, 256] x3
conv3 28x28 [1x1, 256; 3x3, 256, C=32; 1x1, 512] x4
conv4 14x14 [1x1, 512; 3x3, 512, C=32; 1x1, 1024] x6
conv5 7x7 [1x1, 1024; 3x3, 1024, C=32; 1x1, 2048] x3
head 1x1 global average pool, 1000-d fc, softmax
""",
    ),
    "vgg.arch": (
        138_357_544,
        r"""input 224x224x3
b1 112x112 3x3, 64; 3x3, 64; max pool 2x2
b2 56x56 [3x3, 128] x2; maxpool
b3 28x28 [3x3, 256] x3, maxpool
b4 14x14 [3x3, 512] x3, max pooling 2x2, stride 2
b5 7x7 [3x3, 512] x3 + maxpool
cls - 4096 dense; dropout; 4096 dense; dropout; 1000-way softmax
""",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_published_count(name: str, tmp_path: Path) -> None:
    count, text = TABLES[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    network = archdsl.load(str(path), input=None if "input" in text else "224x224x3").network()
    assert network.params.trainable == count
