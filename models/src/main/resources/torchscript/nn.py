# Layers that the networks share. Each takes its parameters from the weights by name.

class Linear:
  weight : Tensor
  bias : Optional[Tensor]
  int8 : Optional[__torch__.int8.Matrix]

  def __init__(self: __torch__.nn.Linear, weight: Tensor, bias: Optional[Tensor], int8: bool) -> NoneType:
    self.weight = weight
    self.bias = bias
    self.int8 = annotate(Optional[__torch__.int8.Matrix], None)
    if int8:
      self.int8 = __torch__.int8.Matrix(weight)
      self.weight = torch.empty([0])

  def forward(self: __torch__.nn.Linear, x: Tensor) -> Tensor:
    int8 = self.int8
    if int8 is not None:
      return int8.product(x, self.bias)
    return torch.linear(x, self.weight, self.bias)


def linear(weights: Dict[str, Tensor], name: str) -> __torch__.nn.Linear:
  return __torch__.nn.Linear(weights[name + ".weight"], weights.get(name + ".bias"), False)


# A layer in 8 bits if the tower's blocks are to have them. Removes its weight from the dictionary, so that it can be freed.
def block_linear(weights: Dict[str, Tensor], name: str, bias: str, int8: bool) -> __torch__.nn.Linear:
  return __torch__.nn.Linear(weights.pop(name + ".weight"), weights.get(bias), int8)


# Makes float32 of everything that a tower with blocks in 8 bits does not quantise.
def widen(weights: Dict[str, Tensor]) -> NoneType:
  for name in weights.keys():
    weight = weights[name]
    if weight.dim() != 2 or not name.startswith("blocks."):
      weights[name] = torch.to(weight, 6)


class LayerNorm:
  weight : Tensor
  bias : Tensor
  eps : float

  def __init__(self: __torch__.nn.LayerNorm, weights: Dict[str, Tensor], name: str, eps: float) -> NoneType:
    self.weight = weights[name + ".weight"]
    self.bias = weights[name + ".bias"]
    self.eps = eps

  def forward(self: __torch__.nn.LayerNorm, x: Tensor) -> Tensor:
    return torch.layer_norm(x, [self.weight.size(0)], self.weight, self.bias, self.eps)


# A layer norm if there is a bias; otherwise an RMS norm, with the mean in float32.
class Norm:
  weight : Tensor
  bias : Optional[Tensor]
  eps : float

  def __init__(self: __torch__.nn.Norm, weights: Dict[str, Tensor], name: str, eps: float) -> NoneType:
    self.weight = weights[name + ".weight"]
    self.bias = weights.get(name + ".bias")
    self.eps = eps

  def forward(self: __torch__.nn.Norm, x: Tensor) -> Tensor:
    bias = self.bias
    if bias is not None:
      return torch.layer_norm(x, [self.weight.size(0)], self.weight, bias, self.eps)
    wide = torch.to(x, 6)
    scaled = wide * torch.rsqrt(torch.mean(wide * wide, [-1], True) + self.eps)
    return torch.to(scaled, ops.prim.dtype(x)) * self.weight


# kind: 0 exact GELU, 1 x * sigmoid(1.702 x), 2 GELU with the tanh approximation
def activation(x: Tensor, kind: int) -> Tensor:
  if kind == 1:
    return x * torch.sigmoid(x * 1.702)
  if kind == 2:
    return torch.gelu(x, approximate="tanh")
  return torch.gelu(x)


# [batch, tokens, heads * width] -> [batch, heads, tokens, width]
def split_heads(x: Tensor, heads: int) -> Tensor:
  return x.view(x.size(0), x.size(1), heads, -1).transpose(1, 2)


# Number of images of one size that a tower computes together. On a CPU they have about a thousand rows: more rows do not stay in the
# caches between two operations, and reading them from memory costs more than larger products save. A GPU computes all images.
# positions: [1, rows of an image, width]
def images_at_once(images: List[Tensor], positions: Tensor) -> int:
  if ops.prim.is_cuda(positions):
    return len(images)
  return max(1, 1024 // positions.size(1))


# [batch, heads, tokens, width] -> [batch, tokens, heads * width]
def join_heads(x: Tensor) -> Tensor:
  return x.transpose(1, 2).flatten(2)


# A convolution with stride 1 in the input's precision: a GPU does not round float32 to TF32.
def convolution(x: Tensor, weight: Tensor, bias: Optional[Tensor], padding: int, groups: int) -> Tensor:
  return torch._convolution(x, weight, bias, [1, 1], [padding, padding], [1, 1], False, [0, 0], groups, False, False, True, False)


# [batch, 3, side, side] -> [batch, patches, 3 * patch * patch], patches in raster order.
# A convolution whose stride equals its kernel size is a matrix product over these rows. Like the convolution, it leaves out pixels
# at the right and at the bottom that do not fill a patch.
def patches(pixels: Tensor, patch: int) -> Tensor:
  grid = pixels.size(2) // patch
  x = pixels[:, :, :grid * patch, :grid * patch].reshape(pixels.size(0), 3, grid, patch, grid, patch)
  return x.permute(0, 2, 4, 1, 3, 5).reshape(pixels.size(0), grid * grid, 3 * patch * patch)


# Rearranges the patches of a square from rows to channels first: [batch, side * side, width] -> [batch, width, side, side]
def plane(x: Tensor) -> Tensor:
  side = int(x.size(1) ** 0.5)
  return x.transpose(1, 2).reshape(x.size(0), x.size(2), side, side)


# Joins squares of neighbouring cells. The cells of a square are in raster order. Cells that do not fill a square are left out.
# [rows, columns, width] -> [squares, side * side * width]
def join_squares(x: Tensor, side: int) -> Tensor:
  rows = x.size(0) // side
  columns = x.size(1) // side
  x = x[:rows * side, :columns * side].reshape(rows, side, columns, side, -1)
  return x.permute(0, 2, 1, 3, 4).reshape(rows * columns, -1)


# Resamples a learned position table of a square grid to another grid if the two differ. The row of CLS, if there is one, comes
# first and is kept.
# table: [..., n * n, width] or [..., 1 + n * n, width] -> [1, grid * grid or 1 + grid * grid, width]
def positions(table: Tensor, grid: int) -> Tensor:
  width = table.size(-1)
  rows = table.view(-1, width)
  n = int(rows.size(0) ** 0.5)
  before = rows.size(0) - n * n
  if n == grid:
    return rows.unsqueeze(0)
  square = torch.to(rows[before:], 6).view(1, n, n, width).permute(0, 3, 1, 2)
  resampled = torch.upsample_bicubic2d(square, [grid, grid], False)
  patches = resampled.permute(0, 2, 3, 1).reshape(grid * grid, width)
  return torch.cat([rows[:before], torch.to(patches, ops.prim.dtype(table))]).unsqueeze(0)
