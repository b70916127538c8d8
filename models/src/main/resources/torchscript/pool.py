# Gemma 3's projector (modeling_gemma3.py of transformers): average pooling of squares of patches, an RMS norm, and one matrix.

class Projector:
  side : int
  scale : Tensor
  eps : float
  # [encoder width, LLM width]
  matrix : Tensor

  def __init__(self: __torch__.Projector, weights: Dict[str, Tensor], side: int, eps: float) -> NoneType:
    self.side = side
    self.scale = torch.to(weights["norm.weight"], 6) + 1.
    self.eps = eps
    self.matrix = weights["matrix"]

  def forward(self: __torch__.Projector, features: List[Tensor], shapes: List[int]) -> Tensor:
    means = annotate(List[Tensor], [])
    for i in range(len(features)):
      piece = torch.to(features[i], 6).view(shapes[2 * i], shapes[2 * i + 1], -1)
      squares = __torch__.nn.join_squares(piece, self.side)
      means.append(torch.mean(squares.unflatten(1, [self.side * self.side, -1]), [1]))
    x = torch.cat(means)
    x = x * torch.rsqrt(torch.mean(x * x, [-1], True) + self.eps) * self.scale
    return torch.matmul(torch.to(x, ops.prim.dtype(self.matrix)), self.matrix)


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], side: int, eps: float) -> __torch__.Projector:
    return __torch__.Projector(weights, side, eps)

  # features: for each piece [patches, encoder width]; shapes: rows and columns of each piece
  # -> visual tokens: [squares of all pieces, LLM width]
  def project(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], shapes: List[int]) -> Tensor:
    return projector.forward(features, shapes)
