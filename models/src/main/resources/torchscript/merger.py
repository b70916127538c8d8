# Projectors that join squares of neighbouring patches, then apply linear layers with exact GELU between them: the connectors of
# SmolVLM and InternVL, and the mergers of Qwen-VL (transformers). Features of several layers are concatenated; each layer's
# features go through their own branch.

class Branch:
  # Norm of the patches, or of the joined squares; empty if there is none.
  norm : List[__torch__.nn.Norm]
  after_join : bool
  layers : List[__torch__.nn.Linear]

  def __init__(self: __torch__.Branch, weights: Dict[str, Tensor], name: str, layers: int, after_join: bool, eps: float) -> NoneType:
    self.norm = annotate(List[__torch__.nn.Norm], [])
    if name + ".norm.weight" in weights:
      self.norm.append(__torch__.nn.Norm(weights, name + ".norm", eps))
    self.after_join = after_join
    self.layers = annotate(List[__torch__.nn.Linear], [])
    for i in range(layers):
      self.layers.append(__torch__.nn.linear(weights, "{}.layers.{}".format(name, i)))

  # x: [patches of all pieces, width]; shapes: rows and columns of each piece
  def forward(self: __torch__.Branch, x: Tensor, side: int, shapes: List[int]) -> Tensor:
    if len(self.norm) > 0 and not self.after_join:
      x = self.norm[0].forward(x)
    squares = annotate(List[Tensor], [])
    begin = 0
    for i in range(len(shapes) // 2):
      rows = shapes[2 * i]
      columns = shapes[2 * i + 1]
      squares.append(__torch__.nn.join_squares(torch.narrow(x, 0, begin, rows * columns).view(rows, columns, -1), side))
      begin += rows * columns
    x = torch.cat(squares)
    if len(self.norm) > 0 and self.after_join:
      x = self.norm[0].forward(x)
    x = self.layers[0].forward(x)
    for i in range(1, len(self.layers)):
      x = self.layers[i].forward(torch.gelu(x))
    return x


class Projector:
  side : int
  branches : List[__torch__.Branch]

  def __init__(self: __torch__.Projector, weights: Dict[str, Tensor], branches: int, layers: int, side: int, after_join: List[int], eps: float) -> NoneType:
    self.side = side
    self.branches = annotate(List[__torch__.Branch], [])
    for i in range(branches):
      self.branches.append(__torch__.Branch(weights, "branches.{}".format(i), layers, after_join[i] == 1, eps))

  def forward(self: __torch__.Projector, features: List[Tensor], shapes: List[int]) -> Tensor:
    x = torch.to(torch.cat(features), ops.prim.dtype(self.branches[0].layers[0].weight))
    parts = torch.chunk(x, len(self.branches), -1)
    outputs = annotate(List[Tensor], [])
    for i in range(len(self.branches)):
      outputs.append(self.branches[i].forward(parts[i], self.side, shapes))
    return torch.cat(outputs, -1)


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], branches: int, layers: int, side: int, after_join: List[int], eps: float) -> __torch__.Projector:
    return __torch__.Projector(weights, branches, layers, side, after_join, eps)

  # features: for each piece [patches, branches * width]; shapes: rows and columns of each piece
  # -> visual tokens: [squares of all pieces, branches * LLM width]
  def project(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], shapes: List[int]) -> Tensor:
    return projector.forward(features, shapes)
