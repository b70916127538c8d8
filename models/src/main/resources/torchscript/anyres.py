# The projector of LLaVA-NeXT and LLaVA-OneVision (transformers): linear layers with exact GELU between them. The patches of the
# whole picture are followed by those of the joined tiles. The joined tiles are cropped to remove padding, scaled down if they are
# too large, and each row is followed by a learned newline.

class Projector:
  layers : List[__torch__.nn.Linear]
  newline : Tensor
  # Side of a tile in patches.
  grid : int

  def __init__(self: __torch__.Projector, weights: Dict[str, Tensor], layers: int, grid: int) -> NoneType:
    self.layers = annotate(List[__torch__.nn.Linear], [])
    for i in range(layers):
      self.layers.append(__torch__.nn.linear(weights, "layers.{}".format(i)))
    self.newline = weights["image_newline"].view(1, 1, -1)
    self.grid = grid

  def project(self: __torch__.Projector, features: List[Tensor]) -> Tensor:
    x = torch.to(torch.stack(features), ops.prim.dtype(self.newline))
    x = self.layers[0].forward(x)
    for i in range(1, len(self.layers)):
      x = self.layers[i].forward(torch.gelu(x))
    return x

  # tiles: [tile rows * tile columns, patches, width]; see AnyResConfig for the shape -> [rows * (columns + 1), width]
  def pack(self: __torch__.Projector, tiles: Tensor, shape: List[int]) -> Tensor:
    x = tiles.unflatten(1, [self.grid, self.grid]).unflatten(0, [shape[0], shape[1]])
    x = x.permute(0, 2, 1, 3, 4).flatten(2, 3).flatten(0, 1)
    x = torch.narrow(torch.narrow(x, 0, shape[2], shape[3]), 1, shape[4], shape[5])
    if shape[6] != shape[3] or shape[7] != shape[5]:
      x = torch.upsample_bilinear2d(x.permute(2, 0, 1).unsqueeze(0), [shape[6], shape[7]], False).squeeze(0).permute(1, 2, 0)
    return torch.cat([x, self.newline.expand(x.size(0), 1, -1)], 1).flatten(0, 1)

  def forward(self: __torch__.Projector, features: List[Tensor], shapes: List[int]) -> Tensor:
    x = self.project(features)
    rows = annotate(List[Tensor], [])
    piece = 0
    for picture in range(len(shapes) // 8):
      shape = shapes[8 * picture:8 * picture + 8]
      tiles = shape[0] * shape[1]
      rows.append(x[piece])
      if tiles > 0:
        rows.append(self.pack(torch.narrow(x, 0, piece + 1, tiles), shape))
      else:
        rows.append(self.newline[0])
      piece += 1 + tiles
    return torch.cat(rows)


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, grid: int) -> __torch__.Projector:
    return __torch__.Projector(weights, layers, grid)

  # features: for each piece [patches, encoder width]; shapes: eight numbers for each picture, see AnyResConfig
  # -> visual tokens of all pictures: [tokens, LLM width]
  def project(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], shapes: List[int]) -> Tensor:
    return projector.forward(features, shapes)
