"""Words of languages with other letters: headers by role, layers by their English words."""

_WORDS = {
    "name": (
        "层 | 层名 | 名称 | 阶段 | 网络层 | 层级 | 層 | 層名 | レイヤー | レイヤ | 层次 | 名前 | 레이어 | "
        "층 | слой"
    ),
    "index": "序号 | 编号 | 层数编号 | 番号",
    "size": (
        "输出 | 输出尺寸 | 输出大小 | 输出特征图 | 输出形状 | 输出维度 | 特征图大小 | 特征图尺寸 | 出力 | "
        "出力サイズ | 出力形状 | 出力マップ | 출력 | 출력 크기 | ausgabegröße | tamaño de salida | saída | "
        "tamanho da saída | выход | размер выхода"
    ),
    "input": (
        "输入 | 输入尺寸 | 输入大小 | 输入形状 | 输入维度 | 输入特征图 | 入力 | 入力サイズ | "
        "入力形状 | 입력 | 입력 크기 | entrée | вход"
    ),
    "structure": (
        "结构 | 操作 | 类型 | 层类型 | 网络结构 | 算子 | 模块 | 種類 | 構造 | タイプ | 処理 | "
        "残差ブロック | ブロック | 유형 | 종류 | 구조 | 구성 | тип"
    ),
    "fused": (
        "卷积核 | 卷积核大小 | 卷积核尺寸 | 核大小 | 核尺寸 | 滤波器大小 | 过滤器大小 | "
        "过滤器尺寸 | 窗口大小 | カーネル | カーネルサイズ | フィルタサイズ | フィルターサイズ | "
        "커널 | 커널 크기 | 필터 크기 | kerngröße | filtergröße | tamaño del núcleo | "
        "tamaño del filtro | размер ядра | ядро"
    ),
    "stride": "步长 | 步幅 | 步距 | ストライド | 스트라이드 | шаг",
    "padding": "填充 | 补零 | パディング | 패딩 | дополнение",
    "dilation": "膨胀率 | 空洞率 | 扩张率 | 膨胀",
    "groups": "组数 | 分组数",
    "channels": (
        "通道数 | 通道 | 输出通道 | 输出通道数 | 卷积核数 | 卷积核数量 | 卷积核个数 | 滤波器数 | "
        "滤波器数量 | 神经元数 | 神经元个数 | チャネル数 | チャンネル数 | 出力チャネル数 | フィルタ数 | "
        "フィルター数 | ユニット数 | 채널 | 채널 수 | 필터 수 | 출력 채널 | kanäle | número de filtros | "
        "каналы | число каналов"
    ),
    "entering": "输入通道 | 输入通道数 | 入力チャネル数 | 입력 채널",
    "repeat": (
        "重复次数 | 重复 | 重複次数 | 繰り返し | 繰り返し回数 | 반복 | 반복 횟수 | répétitions | повторы"
    ),
    "activation": (
        "激活函数 | 激活 | 活性化関数 | 活性化 | 활성화 | 활성화 함수 | activación | ativação | активация"
    ),
    "pooling": "池化 | プーリング | 풀링",
    "params": (
        "参数 | 参数量 | 参数数量 | 参数个数 | パラメータ | パラメータ数 | 파라미터 | 파라미터 수 | "
        "parámetros | paramètres | parâmetros | параметры"
    ),
    "macs": "计算量 | 浮点运算量 | 演算量",
    "depth": "总层数 | 层数 | 層数",
}
# Headers of remarks on layers, beside their kinds.
REMARKS = frozenset(
    (
        *("关键参数", "参数设置", "配置", "说明", "描述", "备注", "詳細", "説明", "설명", "상세"),
        *("détails", "descripción", "descrição", "mô tả", "описание"),
    )
)
ABROAD: dict[str, str] = {word: role for role, words in _WORDS.items() for word in words.split(" | ")}

_LAYERS = {
    "conv": "卷积 卷积层 畳み込み 畳み込み層 畳込み 合成積 합성곱 컨볼루션 свёртка свертка",
    "depthwise conv": "深度卷积 逐通道卷积",
    "pointwise conv": "逐点卷积",
    "separable conv": "深度可分离卷积 可分离卷积",
    "conv transpose": "转置卷积 反卷积 転置畳み込み 逆畳み込み",
    "max pool": "最大池化 最大池化层 最大值池化 最大プーリング 最大プーリング層 マックスプーリング 최대풀링",
    "average pool": "平均池化 平均池化层 均值池化 平均プーリング 평균풀링",
    "pool": "池化 池化层 下采样层 プーリング プーリング層",
    "global average pool": "全局平均池化 全局平均池化层 グローバル平均プーリング 大域平均プーリング",
    "fc": "全连接 全连接层 全結合 全結合層 完全连接 완전연결 输出层 出力層",
    "flatten": "展平 展平层 扁平化 平坦化",
    "dropout": "随机失活 丢弃层 ドロップアウト",
    "batch norm": "批归一化 批标准化 批量归一化 バッチ正規化 배치정규화",
    "input": "输入 输入层 入力 入力層 입력",
    "concat": "拼接 连接 結合",
    "add": "相加 加算",
    "upsample": "上采样 アップサンプリング",
    "activation function": "激活 激活函数 活性化 活性化関数 활성화",
    "channels": "通道 个滤波器 个卷积核 滤波器 チャネル チャンネル 채널 kanäle каналов",
    "units": "维 个神经元 神经元 个单元 单元 ユニット 次元 유닛 unités neurônios einheiten нейронов",
    "kernel": "卷积核 核 カーネル 커널 núcleo noyau ядро",
    "stride": "步长 步幅 ストライド 스트라이드 шаг",
    "padding": "填充 パディング 패딩",
}
LAYERS: dict[str, str] = {word: layer for layer, words in _LAYERS.items() for word in words.split(" ")}
