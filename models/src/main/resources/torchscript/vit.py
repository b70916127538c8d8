# Plain vision transformer: pre-norm blocks over square patches with CLS and learned positions. EVA's ViT-g
# (eva_vit.py of LAVIS) and CLIP's tower (modeling_clip.py of transformers), which differ in a few places:
#   EVA  one fused projection whose keys have no bias; exact GELU
#   CLIP three projections; a norm before the first block, patches without bias; x * sigmoid(1.702 x) for GELU
# The output is that of the last block that is run, without norm.

class Attention:
  heads : int
  # One fused matrix of queries, keys and values, or one for each.
  weights : List[Tensor]
  biases : List[Tensor]
  out : __torch__.nn.Linear

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int) -> NoneType:
    self.heads = heads
    if name + ".qkv.weight" in weights:
      q_bias = weights[name + ".q_bias"]
      self.weights = [weights[name + ".qkv.weight"]]
      self.biases = [torch.cat([q_bias, torch.zeros_like(q_bias), weights[name + ".v_bias"]])]
    else:
      self.weights = [weights[name + ".q.weight"], weights[name + ".k.weight"], weights[name + ".v.weight"]]
      self.biases = [weights[name + ".q.bias"], weights[name + ".k.bias"], weights[name + ".v.bias"]]
    self.out = __torch__.nn.Linear(weights, name + ".out")

  def project(self: __torch__.Attention, x: Tensor) -> List[Tensor]:
    projected = annotate(List[Tensor], [])
    for i in range(len(self.weights)):
      projected.append(torch.linear(x, self.weights[i], self.biases[i]))
    if len(projected) == 1:
      return torch.chunk(projected[0], 3, -1)
    return projected

  def forward(self: __torch__.Attention, x: Tensor) -> Tensor:
    q, k, v = self.project(x)
    q = __torch__.nn.split_heads(q, self.heads)
    k = __torch__.nn.split_heads(k, self.heads)
    v = __torch__.nn.split_heads(v, self.heads)
    return self.out.forward(__torch__.nn.join_heads(torch.scaled_dot_product_attention(q, k, v)))


class Block:
  norm1 : __torch__.nn.LayerNorm
  attention : __torch__.Attention
  norm2 : __torch__.nn.LayerNorm
  up : __torch__.nn.Linear
  down : __torch__.nn.Linear
  quick_gelu : bool

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, eps: float, quick_gelu: bool) -> NoneType:
    self.norm1 = __torch__.nn.LayerNorm(weights, name + ".norm1", eps)
    self.attention = __torch__.Attention(weights, name + ".attention", heads)
    self.norm2 = __torch__.nn.LayerNorm(weights, name + ".norm2", eps)
    self.up = __torch__.nn.Linear(weights, name + ".up")
    self.down = __torch__.nn.Linear(weights, name + ".down")
    self.quick_gelu = quick_gelu

  def forward(self: __torch__.Block, x: Tensor) -> Tensor:
    x = x + self.attention.forward(self.norm1.forward(x))
    h = self.up.forward(self.norm2.forward(x))
    if self.quick_gelu:
      h = h * torch.sigmoid(h * 1.702)
    else:
      h = torch.gelu(h)
    return x + self.down.forward(h)


class Tower:
  patch : int
  embedding : Tensor
  embedding_bias : Optional[Tensor]
  cls : Tensor
  positions : Tensor
  pre_norm : Optional[__torch__.nn.LayerNorm]
  blocks : List[__torch__.Block]

  def __init__(self: __torch__.Tower, weights: Dict[str, Tensor], patch: int, grid: int, layers: int, heads: int, eps: float, quick_gelu: bool) -> NoneType:
    self.patch = patch
    self.embedding = weights["patch.weight"].flatten(1)
    self.embedding_bias = weights.get("patch.bias")
    self.cls = weights["cls"].view(1, 1, -1)
    self.positions = __torch__.nn.positions(weights["positions"], grid)
    pre_norm = annotate(Optional[__torch__.nn.LayerNorm], None)
    if "pre_norm.weight" in weights:
      pre_norm = __torch__.nn.LayerNorm(weights, "pre_norm", eps)
    self.pre_norm = pre_norm
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "blocks.{}".format(i), heads, eps, quick_gelu))

  def forward(self: __torch__.Tower, pixels: Tensor) -> Tensor:
    x = __torch__.nn.patches(torch.to(pixels, ops.prim.dtype(self.cls)), self.patch)
    x = torch.linear(x, self.embedding, self.embedding_bias)
    x = torch.cat([self.cls.expand(x.size(0), 1, -1), x], 1) + self.positions
    norm = self.pre_norm
    if norm is not None:
      x = norm.forward(x)
    for block in self.blocks:
      x = block.forward(x)
    return x


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], patch: int, grid: int, layers: int, heads: int, eps: float, quick_gelu: bool) -> __torch__.Tower:
    return __torch__.Tower(weights, patch, grid, layers, heads, eps, quick_gelu)

  # images: pixel values [3, side, side], float32 -> features of the patches: [batch, patches, width]; CLS is dropped.
  def encode(self: __torch__.Program, tower: __torch__.Tower, images: List[Tensor]) -> Tensor:
    return tower.forward(torch.stack(images))[:, 1:].contiguous()
