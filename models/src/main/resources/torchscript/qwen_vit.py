# The towers of Qwen2-VL, Qwen2.5-VL and Qwen3-VL (modeling_qwen2_vl.py, modeling_qwen2_5_vl.py and modeling_qwen3_vl.py of
# transformers), without their mergers. Pieces may have any resolution; their rows are concatenated, and each piece attends only
# to itself. Rows are in raster order here. In the reference, patches that are merged are adjacent.

# Rotates dimensions i and i + width / 2 of a head as a pair. cos, sin: [rows, 1, head width / 2], float32.
def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  a, b = torch.chunk(torch.to(x, 6), 2, -1)
  return torch.to(torch.cat([a * cos - b * sin, b * cos + a * sin], -1), ops.prim.dtype(x))


# [rows, columns, heads, width] -> a batch of windows of a x b patches: [windows, heads, a * b, width]
def windows(x: Tensor, a: int, b: int) -> Tensor:
  x = x.unflatten(1, [-1, b]).unflatten(0, [-1, a])
  return x.permute(0, 2, 4, 1, 3, 5).flatten(3, 4).flatten(0, 1)


# Attention within square windows of a piece. Windows at the right and lower edge may be smaller.
# q, k, v: [rows, columns, heads, width]
def attend_in_windows(q: Tensor, k: Tensor, v: Tensor, side: int) -> Tensor:
  y = torch.empty_like(v)
  row_edges = [0, q.size(0) // side * side, q.size(0)]
  column_edges = [0, q.size(1) // side * side, q.size(1)]
  for i in range(2):
    for j in range(2):
      rows = row_edges[i + 1] - row_edges[i]
      columns = column_edges[j + 1] - column_edges[j]
      if rows > 0 and columns > 0:
        a = min(rows, side)
        b = min(columns, side)
        parts = annotate(List[Tensor], [])
        for x in [q, k, v]:
          region = x[row_edges[i]:row_edges[i + 1], column_edges[j]:column_edges[j + 1]]
          parts.append(__torch__.windows(region, a, b))
        attended = torch.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        attended = attended.unflatten(2, [a, b]).unflatten(0, [rows // a, columns // b])
        attended = attended.permute(0, 3, 1, 4, 2, 5).flatten(2, 3).flatten(0, 1)
        y[row_edges[i]:row_edges[i + 1], column_edges[j]:column_edges[j + 1]] = attended
  return y


# The rows of all pieces in one forward pass.
class Rows:
  # Rows and columns of the first piece, then of the second, and so on.
  grids : List[int]
  cos : Tensor
  sin : Tensor

  # frequencies: [head width / 4]: the first half of the pairs is rotated by the row, the second by the column
  def __init__(self: __torch__.Rows, grids: List[int], frequencies: Tensor) -> NoneType:
    self.grids = grids
    device = ops.prim.device(frequencies)
    angles = annotate(List[Tensor], [])
    for i in range(len(grids) // 2):
      rows = grids[2 * i]
      columns = grids[2 * i + 1]
      by_row = torch.outer(torch.arange(rows, dtype=6, device=device), frequencies).unsqueeze(1).expand(-1, columns, -1)
      by_column = torch.outer(torch.arange(columns, dtype=6, device=device), frequencies).unsqueeze(0).expand(rows, -1, -1)
      angles.append(torch.cat([by_row, by_column], -1).flatten(0, 1))
    all = torch.cat(angles).unsqueeze(1)
    self.cos = torch.cos(all)
    self.sin = torch.sin(all)


class Attention:
  heads : int
  # Side of the windows in patches; 0 if the block attends over whole pieces.
  window : int
  qkv : __torch__.nn.Linear
  out : __torch__.nn.Linear

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int, window: int, int8: bool) -> NoneType:
    self.heads = heads
    self.window = window
    self.qkv = __torch__.nn.block_linear(weights, name + ".qkv", name + ".qkv.bias", int8)
    self.out = __torch__.nn.block_linear(weights, name + ".out", name + ".out.bias", int8)

  def forward(self: __torch__.Attention, x: Tensor, rows: __torch__.Rows) -> Tensor:
    q, k, v = torch.unbind(self.qkv.forward(x).view(x.size(0), 3, self.heads, -1), 1)
    q = __torch__.rotate(q, rows.cos, rows.sin)
    k = __torch__.rotate(k, rows.cos, rows.sin)
    outputs = annotate(List[Tensor], [])
    begin = 0
    for i in range(len(rows.grids) // 2):
      height = rows.grids[2 * i]
      width = rows.grids[2 * i + 1]
      piece = annotate(List[Tensor], [])
      for part in [q, k, v]:
        piece.append(torch.narrow(part, 0, begin, height * width).unflatten(0, [height, width]))
      if self.window > 0:
        y = __torch__.attend_in_windows(piece[0], piece[1], piece[2], self.window)
      else:
        y = __torch__.attend_in_windows(piece[0], piece[1], piece[2], max(height, width))
      outputs.append(y.flatten(0, 1).flatten(1))
      begin += height * width
    return self.out.forward(torch.cat(outputs))


class Block:
  norm1 : __torch__.nn.Norm
  attention : __torch__.Attention
  norm2 : __torch__.nn.Norm
  # The gate of a SwiGLU; empty if the MLP has none.
  gate : List[__torch__.nn.Linear]
  up : __torch__.nn.Linear
  down : __torch__.nn.Linear
  activation : int

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, eps: float, activation: int, window: int, int8: bool) -> NoneType:
    self.norm1 = __torch__.nn.Norm(weights, name + ".norm1", eps)
    self.attention = __torch__.Attention(weights, name + ".attention", heads, window, int8)
    self.norm2 = __torch__.nn.Norm(weights, name + ".norm2", eps)
    self.gate = annotate(List[__torch__.nn.Linear], [])
    if name + ".gate.weight" in weights:
      self.gate.append(__torch__.nn.block_linear(weights, name + ".gate", name + ".gate.bias", int8))
    self.up = __torch__.nn.block_linear(weights, name + ".up", name + ".up.bias", int8)
    self.down = __torch__.nn.block_linear(weights, name + ".down", name + ".down.bias", int8)
    self.activation = activation

  def forward(self: __torch__.Block, x: Tensor, rows: __torch__.Rows) -> Tensor:
    x = x + self.attention.forward(self.norm1.forward(x), rows)
    h = self.norm2.forward(x)
    if len(self.gate) > 0:
      h = torch.silu(self.gate[0].forward(h)) * self.up.forward(h)
    else:
      h = __torch__.nn.activation(self.up.forward(h), self.activation)
    return x + self.down.forward(h)


class Tower:
  patch : int
  embedding : Tensor
  embedding_bias : Optional[Tensor]
  # Learned position table, which is resized to a piece's grid; None if there is none: [1, width, side, side], float32
  positions : Optional[Tensor]
  frequencies : Tensor
  blocks : List[__torch__.Block]
  states : List[int]

  def __init__(self: __torch__.Tower, weights: Dict[str, Tensor], patch: int, layers: int, heads: int, eps: float, activation: int, window: int, whole: List[int], states: List[int], int8: bool) -> NoneType:
    if int8:
      __torch__.nn.widen(weights)
    self.patch = patch
    # A still picture is passed as two equal frames, so the weights of the two frames can be summed.
    kernel = weights["patch.weight"]
    self.embedding = torch.to(torch.sum(torch.to(kernel, 6), [2]), ops.prim.dtype(kernel)).flatten(1)
    self.embedding_bias = weights.get("patch.bias")
    positions = annotate(Optional[Tensor], None)
    if "positions" in weights:
      table = torch.to(weights["positions"], 6)
      side = int(table.size(0) ** 0.5)
      positions = table.view(1, side, side, -1).permute(0, 3, 1, 2)
    self.positions = positions
    quarter = self.embedding.size(0) // heads // 4
    exponents = torch.neg(torch.arange(quarter, dtype=6, device=ops.prim.device(kernel))) / quarter
    self.frequencies = torch.pow(10000., exponents)
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "blocks.{}".format(i), heads, eps, activation, 0 if i in whole else window, int8))
    self.states = states

  # A piece [3, height, width] -> [patches, width]
  def embed(self: __torch__.Tower, pixels: Tensor) -> Tensor:
    rows = pixels.size(1) // self.patch
    columns = pixels.size(2) // self.patch
    x = torch.to(pixels, ops.prim.dtype(self.embedding)).view(3, rows, self.patch, columns, self.patch)
    x = torch.linear(x.permute(1, 3, 0, 2, 4).reshape(rows * columns, -1), self.embedding, self.embedding_bias)
    table = self.positions
    if table is not None:
      stretched = torch.upsample_bilinear2d(table, [rows, columns], True)
      x = x + torch.to(stretched.flatten(2).squeeze(0).transpose(0, 1), ops.prim.dtype(x))
    return x

  def forward(self: __torch__.Tower, images: List[Tensor]) -> Tensor:
    embedded = annotate(List[Tensor], [])
    grids = annotate(List[int], [])
    for image in images:
      embedded.append(self.embed(image))
      grids.append(image.size(1) // self.patch)
      grids.append(image.size(2) // self.patch)
    x = torch.cat(embedded)
    rows = __torch__.Rows(grids, self.frequencies)
    kept = annotate(Dict[int, Tensor], {})
    for i in range(len(self.blocks)):
      x = self.blocks[i].forward(x, rows)
      if i + 1 in self.states:
        kept[i + 1] = x
    features = annotate(List[Tensor], [])
    for state in self.states:
      features.append(kept[state])
    return torch.cat(features, -1)


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # window: side in patches of the attention windows of all blocks that are not in `whole`; 0 for no windows
  def build(self: __torch__.Program, weights: Dict[str, Tensor], patch: int, layers: int, heads: int, eps: float, activation: int, window: int, whole: List[int], states: List[int], int8: bool) -> __torch__.Tower:
    return __torch__.Tower(weights, patch, layers, heads, eps, activation, window, whole, states, int8)

  # images: pixel values [3, height, width] of whole patches, float32 -> features: [rows of all images, width]
  def encode(self: __torch__.Program, tower: __torch__.Tower, images: List[Tensor], numbers: List[int]) -> Tensor:
    return tower.forward(images)
