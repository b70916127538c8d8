# Honeybee's C-Abstractor (projectors.py of Honeybee's code, RegStage of timm): learned positions, bottleneck blocks with squeeze
# and excitation, average pooling over the grid of patches, more such blocks, and linear layers with SiLU between them.

# A convolution without bias, followed by a layer norm over its channels.
class Convolution:
  weight : Tensor
  norm : __torch__.nn.LayerNorm

  def __init__(self: __torch__.Convolution, weights: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = weights[name + ".weight"]
    self.norm = __torch__.nn.LayerNorm(weights, name + ".norm", 1e-05)

  def forward(self: __torch__.Convolution, x: Tensor) -> Tensor:
    padding = self.weight.size(2) // 2
    groups = x.size(1) // self.weight.size(1)
    y = __torch__.nn.convolution(x, self.weight, None, padding, groups)
    return self.norm.forward(y.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Block:
  conv1 : __torch__.Convolution
  conv2 : __torch__.Convolution
  squeeze : Tensor
  squeeze_bias : Tensor
  excite : Tensor
  excite_bias : Tensor
  conv3 : __torch__.Convolution
  # Present if the block changes the number of channels; otherwise empty.
  shortcut : List[__torch__.Convolution]

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str) -> NoneType:
    self.conv1 = __torch__.Convolution(weights, name + ".conv1")
    self.conv2 = __torch__.Convolution(weights, name + ".conv2")
    self.squeeze = weights[name + ".squeeze.weight"]
    self.squeeze_bias = weights[name + ".squeeze.bias"]
    self.excite = weights[name + ".excite.weight"]
    self.excite_bias = weights[name + ".excite.bias"]
    self.conv3 = __torch__.Convolution(weights, name + ".conv3")
    self.shortcut = annotate(List[__torch__.Convolution], [])
    if name + ".shortcut.weight" in weights:
      self.shortcut.append(__torch__.Convolution(weights, name + ".shortcut"))

  def forward(self: __torch__.Block, x: Tensor) -> Tensor:
    y = torch.silu(self.conv2.forward(torch.silu(self.conv1.forward(x))))
    gate = torch.silu(__torch__.nn.convolution(torch.mean(y, [2, 3], True), self.squeeze, self.squeeze_bias, 0, 1))
    y = self.conv3.forward(y * torch.sigmoid(__torch__.nn.convolution(gate, self.excite, self.excite_bias, 0, 1)))
    if len(self.shortcut) > 0:
      x = self.shortcut[0].forward(x)
    return torch.silu(y + x)


class Projector:
  prenorm : List[__torch__.nn.LayerNorm]
  positions : Tensor
  side : int
  before : List[__torch__.Block]
  behind : List[__torch__.Block]
  layers : List[__torch__.nn.Linear]
  eos : Optional[Tensor]

  def __init__(self: __torch__.Projector, weights: Dict[str, Tensor], side: int, depth: int, layers: int) -> NoneType:
    self.prenorm = annotate(List[__torch__.nn.LayerNorm], [])
    if "prenorm.weight" in weights:
      self.prenorm.append(__torch__.nn.LayerNorm(weights, "prenorm", 1e-06))
    self.positions = weights["positions"]
    self.side = side
    self.before = annotate(List[__torch__.Block], [])
    self.behind = annotate(List[__torch__.Block], [])
    for i in range(depth):
      self.before.append(__torch__.Block(weights, "before.{}".format(i)))
      self.behind.append(__torch__.Block(weights, "behind.{}".format(i)))
    self.layers = annotate(List[__torch__.nn.Linear], [])
    for i in range(layers):
      self.layers.append(__torch__.nn.linear(weights, "layers.{}".format(i)))
    self.eos = weights.get("eos")

  def forward(self: __torch__.Projector, features: List[Tensor]) -> Tensor:
    x = torch.to(torch.stack(features), ops.prim.dtype(self.positions))
    if len(self.prenorm) > 0:
      x = self.prenorm[0].forward(x)
    x = __torch__.nn.plane(x + self.positions)
    for block in self.before:
      x = block.forward(x)
    x = torch.adaptive_avg_pool2d(x, [self.side, self.side])
    for block in self.behind:
      x = block.forward(x)
    x = self.layers[0].forward(x.flatten(2).transpose(1, 2))
    for i in range(1, len(self.layers)):
      x = self.layers[i].forward(torch.silu(x))
    eos = self.eos
    if eos is not None:
      x = torch.cat([x, eos.expand(x.size(0), -1, -1)], 1)
    return x


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], side: int, depth: int, layers: int) -> __torch__.Projector:
    return __torch__.Projector(weights, side, depth, layers)

  # features: for each piece [patches, encoder width] -> visual tokens: [batch, side * side + learned tokens, LLM width]
  def project(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], numbers: List[int]) -> Tensor:
    return projector.forward(features)
