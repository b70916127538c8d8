# EVA-02-CLIP vision transformer: pre-norm blocks with sub-layer norms, SwiGLU, and a rotary embedding over rows and
# columns. Reference: eva_clip/eva_vit_model.py of EVA-CLIP; the output is that of the last block, without the final norm and the
# head.

# Rotates pairs of neighbouring dimensions: (a, b) -> (a cos - b sin, b cos + a sin). cos, sin: [patches, head width], float32.
def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  t = torch.to(x, 6)
  pairs = t.unflatten(-1, [-1, 2])
  a, b = torch.unbind(pairs, -1)
  turned = torch.stack([torch.neg(b), a], -1).flatten(-2)
  return torch.to(t * cos + turned * sin, ops.prim.dtype(x))


# Angles of every patch, [patches, head width]: the first half of a head is rotated by the row, the second by the column.
# Positions are scaled to the grid that the tower was pre-trained on.
def angles(grid: int, pretrained_grid: int, head_width: int) -> Tensor:
  half = head_width // 2
  frequencies = torch.pow(10000., torch.neg(torch.arange(0, half, 2, dtype=6)) / half)
  positions = torch.arange(grid, dtype=6) / grid * pretrained_grid
  turn = torch.outer(positions, frequencies).repeat_interleave(2, -1)
  rows = turn.unsqueeze(1).expand(grid, grid, half)
  columns = turn.unsqueeze(0).expand(grid, grid, half)
  return torch.cat([rows, columns], -1).reshape(grid * grid, head_width)


class Attention:
  heads : int
  q : __torch__.nn.Linear
  k : __torch__.nn.Linear
  v : __torch__.nn.Linear
  norm : __torch__.nn.LayerNorm
  out : __torch__.nn.Linear

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int, eps: float, int8: bool) -> NoneType:
    self.heads = heads
    self.q = __torch__.nn.block_linear(weights, name + ".q_proj", name + ".q_bias", int8)
    self.k = __torch__.nn.block_linear(weights, name + ".k_proj", name + ".k_bias", int8)
    self.v = __torch__.nn.block_linear(weights, name + ".v_proj", name + ".v_bias", int8)
    self.norm = __torch__.nn.LayerNorm(weights, name + ".inner_attn_ln", eps)
    self.out = __torch__.nn.block_linear(weights, name + ".proj", name + ".proj.bias", int8)

  def forward(self: __torch__.Attention, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    q = __torch__.nn.split_heads(self.q.forward(x), self.heads)
    k = __torch__.nn.split_heads(self.k.forward(x), self.heads)
    v = __torch__.nn.split_heads(self.v.forward(x), self.heads)
    # CLS is at position 0 and is not rotated.
    q = torch.cat([q[:, :, :1], __torch__.rotate(q[:, :, 1:], cos, sin)], 2)
    k = torch.cat([k[:, :, :1], __torch__.rotate(k[:, :, 1:], cos, sin)], 2)
    joined = __torch__.nn.join_heads(torch.scaled_dot_product_attention(q, k, v))
    return self.out.forward(self.norm.forward(joined))


class Block:
  norm1 : __torch__.nn.LayerNorm
  attention : __torch__.Attention
  norm2 : __torch__.nn.LayerNorm
  gate : __torch__.nn.Linear
  up : __torch__.nn.Linear
  ffn_norm : __torch__.nn.LayerNorm
  down : __torch__.nn.Linear

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, eps: float, int8: bool) -> NoneType:
    self.norm1 = __torch__.nn.LayerNorm(weights, name + ".norm1", eps)
    self.attention = __torch__.Attention(weights, name + ".attn", heads, eps, int8)
    self.norm2 = __torch__.nn.LayerNorm(weights, name + ".norm2", eps)
    self.gate = __torch__.nn.block_linear(weights, name + ".mlp.w1", name + ".mlp.w1.bias", int8)
    self.up = __torch__.nn.block_linear(weights, name + ".mlp.w2", name + ".mlp.w2.bias", int8)
    self.ffn_norm = __torch__.nn.LayerNorm(weights, name + ".mlp.ffn_ln", eps)
    self.down = __torch__.nn.block_linear(weights, name + ".mlp.w3", name + ".mlp.w3.bias", int8)

  def forward(self: __torch__.Block, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    x = x + self.attention.forward(self.norm1.forward(x), cos, sin)
    h = self.norm2.forward(x)
    h = torch.silu(self.gate.forward(h)) * self.up.forward(h)
    return x + self.down.forward(self.ffn_norm.forward(h))


class Tower:
  patch : int
  embedding : Tensor
  embedding_bias : Tensor
  cls : Tensor
  positions : Tensor
  cos : Tensor
  sin : Tensor
  blocks : List[__torch__.Block]

  def __init__(self: __torch__.Tower, weights: Dict[str, Tensor], patch: int, grid: int, pretrained_grid: int, layers: int, heads: int, eps: float, int8: bool) -> NoneType:
    if int8:
      __torch__.nn.widen(weights)
    self.patch = patch
    self.embedding = weights["patch_embed.proj.weight"].flatten(1)
    self.embedding_bias = weights["patch_embed.proj.bias"]
    self.cls = weights["cls_token"]
    self.positions = __torch__.nn.positions(weights["pos_embed"], grid)
    turn = __torch__.angles(grid, pretrained_grid, self.embedding.size(0) // heads)
    self.cos = torch.to(torch.cos(turn), ops.prim.device(self.cls))
    self.sin = torch.to(torch.sin(turn), ops.prim.device(self.cls))
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "blocks.{}".format(i), heads, eps, int8))

  def forward(self: __torch__.Tower, pixels: Tensor) -> Tensor:
    x = __torch__.nn.patches(torch.to(pixels, ops.prim.dtype(self.cls)), self.patch)
    x = torch.linear(x, self.embedding, self.embedding_bias)
    x = torch.cat([self.cls.expand(x.size(0), 1, -1), x], 1) + self.positions
    for block in self.blocks:
      x = block.forward(x, self.cos, self.sin)
    return x


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], patch: int, grid: int, pretrained_grid: int, layers: int, heads: int, eps: float, int8: bool) -> __torch__.Tower:
    return __torch__.Tower(weights, patch, grid, pretrained_grid, layers, heads, eps, int8)

  # images: pixel values [3, side, side], float32 -> features of the patches: [batch, patches, width]; CLS is dropped.
  def encode(self: __torch__.Program, tower: __torch__.Tower, images: List[Tensor], numbers: List[int]) -> Tensor:
    at_once = __torch__.nn.images_at_once(images, tower.positions)
    features = annotate(List[Tensor], [])
    for begin in range(0, len(images), at_once):
      features.append(tower.forward(torch.stack(images[begin:begin + at_once]))[:, 1:])
    return torch.cat(features)
