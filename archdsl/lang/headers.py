"""The headers of columns, by the role that they give a column: what a cell under such a header says.

Properties of operators are named as options of layers are.
"""

_HEADERS = {
    "name": (
        "layer | layer name | network layer | layers | name | stage | stage name | group name | group | "
        "block name | stage i | stages | layer "
        "name/type | level | module | row | no | index | # | layer number | layer no | layer # | id | "
        "component | layers/parameters"
        " | couche | capa | camada"
    ),
    "size": (
        "output | output size | out size | size | output shape | out | output map size | feature map | "
        "feature map size | "
        "output resolution | output dimension | output dimensions | output dim | map size | size-out | "
        "size out | output map | "
        "output volume | activation shape | activation size | dimensions | output feature map | "
        "output tensor | tensor size "
        "| tensor shape | "
        "feature size | feature shape | spatial size | out shape | out res | outres | output res | map | "
        "output map shape | "
        "volume | output layer size | shape | output width | output height | output side | output length"
        " | ausgabe | sortie | taille de sortie | salida"
    ),
    "ratio": "original size | original output size | original output",
    "input": (
        "input | input size | input shape | size-in | size in | in size | input resolution | resolution | "
        "resolution hxw | "
        "input dimension | input dimensions | input res | inp res | inpres | input feature map | input "
        "map | input tensor | in "
        "shape | input dim | input width | input height | input side | input length"
        " | eingabe | entrada"
    ),
    "structure": (
        "structure | operator | operation | block | blocks | block type | configuration | "
        "architecture | structure detail | "
        "details | layer structure | network | type | layer type | op | operators | parameters of layer | "
        "layer description | "
        "description | operations | layer operation | module type | kind | unit type"
    ),
    "fused": (
        "size/stride | patch size/stride | filter size/stride | kernel size/stride | "
        "kernel/stride | patch size/stride or remarks | filter/stride | "
        "filter size/stride (if not a fire layer) | kernel | kernel "
        "size | filter size | k | patch size | window | window size | filter | ksize | kernels size | "
        "kernel/pool "
        "size | kernel sizes | filter size/pool size | conv kernel | receptive field | field | kernel "
        "(size) | kernel/filter "
        "size | mask size | window/kernel size | pool/kernel size | size of kernel | kernel dimensions | "
        "kernel dim | kernel "
        "dims | filter sizes | filter kernel size | filter width | kernel width | core size | conv size | "
        "filter kernel"
        " | context | layer context | temporal context | input context"
        " | noyau | taille du noyau"
    ),
    "filter": "filter shape | kernel shape | weight shape | filter dimensions",
    "stride": "s | str | stride | strides | stride size | step | stride(s) | schrittweite",
    "padding": "p | pad | padding | paddings | zero padding | zero-padding | pads",
    "dilation": "d | dilation | dilation rate | dilations | dilation factor | dilated | atrous rate | dil",
    "groups": "groups | g | cardinality | group number | number of groups | num groups",
    "channels": (
        "c | channels | #channels | #out | out channels | output channels | filters | #filters | number "
        "of filters | no. of "
        "filters | feature maps | #maps | maps | num filters | width | #output channels | number of "
        "channels | units | "
        "#channels c | num. of filters | output filters | depth (channels) | neurons | cout | c out | "
        "kernels | #kernels | "
        "number of kernels | number of feature maps | number of maps | nb filters | output ch | output "
        "maps | "
        "out ch | ch | #ch | output depth | feature channels | number of neurons | number of units | "
        "number of nodes | nodes | "
        "hidden units | number of output channels | num channels | output units | features | out features "
        "| output features | "
        "number of features | output channel | channel | filter number | number filters | filter count | "
        "no. of kernels | no. "
        "of channels | no of filters | n filters | n units | #. kernels | #. filters | "
        "kernel number | nodes/filters | size of layer"
        " | filter num | kernel num | num kernels | number of outputs"
        " | filteranzahl | canaux | canales | canais"
    ),
    "entering": (
        "input channels | input ch | input filters | input maps | in channels | cin | c in "
        "| #in | in ch | input depth | #input channels | in features"
    ),
    "repeat": (
        "n | repeat | repeats | #layers | times | number of layers | #repeat | repetitions | #blocks | "
        "num blocks | number of "
        "blocks | num layers | #repeats | number of repeats | repeated | num repeats | repetition | layer "
        "count"
        " | wiederholungen | repeticiones"
    ),
    "expansion": "t | expansion | expansion factor | expand ratio | expansion ratio | expansion rate",
    "expanded": "exp size | exp | expanded | #exp | expansion size | expanded channels | hidden",
    "se": "se | squeeze-excite | squeeze excite | squeeze-and-excite | squeeze-and-excitation | se ratio",
    "activation": (
        "nl | activation | activations | non-linearity | nonlinearity | act | activation function | relu "
        "| activation fn | "
        "nonlin | non linearity | act func | act fn | transfer function | lrelu | leakyrelu | activation type"
        " | aktivierung"
    ),
    "reach": (
        "total context | receptive field size | rf | rf size | cumulative receptive field | field of view"
    ),
    "norm": (
        "bn | norm | batch norm | batch normalization | batch normalisation | batchnorm | normalization | "
        "normalisation"
    ),
    "bias": "bias | biases | use bias",
    "residual": "residual | residual connection | skip | skip connection | shortcut | identity shortcut",
    "pooling": (
        "pool | pooling | max pool | max pooling | maxpool | max-pooling | pool size | pooling size | "
        "average pooling | avg "
        "pool | max pool size | subsampling"
    ),
    "dropout": "dropout | dropout rate | dropout ratio | drop rate | dropout probability | drop",
    "params": (
        "params | #params | parameters | #parameter | #parameters | param # | no. of parameters | number "
        "of parameters | "
        "weights | #parameter before pruning | param | #weights | number of weights | #of "
        "weights | parameter | parameter count | param count | learnable parameters | trainable parameters | "
        "trainable params | "
        "learnable params | #params/weights | no. of params | num params | total parameters | total "
        "params | number of params | "
        "params count | weights/parameters | no of parameters | parameters number"
    ),
    "macs": (
        "flops | macs | mult-adds | ops | mflops | madds | multiply-adds | mult-add | #flops | gflops | "
        "mac | multiply adds | "
        "mac ops | mults | number of operations | #ops | computation | flop | mflop | gmacs | mmacs | "
        "madd | mult adds | m adds | #macs "
        "| number of flops | computational cost | complexity"
    ),
    "depth": "depth | total layers | total depth",
}
LEXICON: dict[str, tuple[str, ...]] = {role: tuple(words.split(" | ")) for role, words in _HEADERS.items()}
# Headers that may stand above other columns than those of their role: the cells below them tell.
_OTHERWISE = {
    "name": (
        "block | blocks | structure | type | layer type | operation | unit | kind | module type | "
        "block type | description | network"
    ),
    "structure": "layer | layers | stage | module | component | level | layer name/type",
    "reach": "receptive field | field",
    "index": "no | index | # | id | row | layer number | layer no | layer # | layer | name | level",
    "repeat": "layers | blocks",
    "fused": (
        "size | dimensions | dimension | shape | filters | #filters | kernels | number of filters | "
        "feature size | size/stride"
    ),
    "filter": (
        "kernel | kernel size | filter | filter size | filters | #filters | kernels | size | shape | window"
    ),
    "channels": (
        "output | out | output size | feature map | size | depth | kernel | kernels | filter | k "
        "| dimension | dimensions | shape"
    ),
    "values": "size | output size | dimension | neurons | units | activations",
    "entering": "input | in",
    "wires": (
        "input | inputs | connected to | inputs from | input from | from | previous layer | "
        "connection | connections | prev"
    ),
    "ratio": "output size (original)",
    "details": (
        "description | descriptions | details | detail | configuration | configurations | parameters | "
        "specification | settings | "
        "properties | layer description | remarks | key parameters | operation | config"
        " | detalle | detalles | beschreibung | dettagli"
    ),
}
OTHERWISE: dict[str, tuple[str, ...]] = {
    word: tuple(role for role, said in _OTHERWISE.items() if word in said.split(" | "))
    for word in dict.fromkeys(" | ".join(_OTHERWISE.values()).split(" | "))
}
