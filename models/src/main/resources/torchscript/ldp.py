# MobileVLM V2's projector (LDPNetV2Projector of MobileVLM's code): two linear layers with exact GELU between them, average
# pooling over the grid of patches, and a depthwise convolution with a residual connection.

class Projector:
  first : __torch__.nn.Linear
  second : __torch__.nn.Linear
  kernel : Tensor
  bias : Tensor
  side : int

  def __init__(self: __torch__.Projector, weights: Dict[str, Tensor], side: int) -> NoneType:
    self.first = __torch__.nn.linear(weights, "layers.0")
    self.second = __torch__.nn.linear(weights, "layers.1")
    self.kernel = weights["peg.weight"]
    self.bias = weights["peg.bias"]
    self.side = side

  def forward(self: __torch__.Projector, features: List[Tensor]) -> Tensor:
    x = torch.to(torch.stack(features), ops.prim.dtype(self.kernel))
    x = __torch__.nn.plane(self.second.forward(torch.gelu(self.first.forward(x))))
    x = torch.adaptive_avg_pool2d(x, [self.side, self.side])
    x = x + __torch__.nn.convolution(x, self.kernel, self.bias, 1, x.size(1))
    return x.flatten(2).transpose(1, 2).contiguous()


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], side: int) -> __torch__.Projector:
    return __torch__.Projector(weights, side)

  # features: for each piece [patches, encoder width] -> visual tokens: [batch, side * side, LLM width]
  def project(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], numbers: List[int]) -> Tensor:
    return projector.forward(features)
