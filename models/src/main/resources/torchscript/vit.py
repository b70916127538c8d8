# Plain vision transformer: pre-norm blocks over square patches with learned positions. EVA's ViT-g (eva_vit.py of LAVIS) and
# the towers of transformers' modeling_clip.py, modeling_siglip.py and modeling_internvl.py. The weights determine which of these
# a tower has: CLS, biases, one fused projection or three, norms on queries and keys, layer scale, and norms before and after the
# blocks.

class Attention:
  heads : int
  # One fused layer for queries, keys and values, or one for each.
  projections : List[__torch__.nn.Linear]
  # Norms of queries and keys; empty if there are none.
  norms : List[__torch__.nn.Norm]
  out : __torch__.nn.Linear

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int, eps: float, int8: bool) -> NoneType:
    self.heads = heads
    self.projections = annotate(List[__torch__.nn.Linear], [])
    if name + ".qkv.weight" in weights:
      q_bias = weights[name + ".q_bias"]
      weights[name + ".qkv.bias"] = torch.cat([q_bias, torch.zeros_like(q_bias), weights[name + ".v_bias"]])
      self.projections.append(__torch__.nn.block_linear(weights, name + ".qkv", name + ".qkv.bias", int8))
    else:
      for part in [".q", ".k", ".v"]:
        self.projections.append(__torch__.nn.block_linear(weights, name + part, name + part + ".bias", int8))
    self.norms = annotate(List[__torch__.nn.Norm], [])
    if name + ".q_norm.weight" in weights:
      self.norms.append(__torch__.nn.Norm(weights, name + ".q_norm", eps))
      self.norms.append(__torch__.nn.Norm(weights, name + ".k_norm", eps))
    self.out = __torch__.nn.block_linear(weights, name + ".out", name + ".out.bias", int8)

  def project(self: __torch__.Attention, x: Tensor) -> List[Tensor]:
    projected = annotate(List[Tensor], [])
    for projection in self.projections:
      projected.append(projection.forward(x))
    if len(projected) == 1:
      return torch.chunk(projected[0], 3, -1)
    for i in range(len(self.norms)):
      projected[i] = self.norms[i].forward(projected[i])
    return projected

  def forward(self: __torch__.Attention, x: Tensor) -> Tensor:
    q, k, v = self.project(x)
    q = __torch__.nn.split_heads(q, self.heads)
    k = __torch__.nn.split_heads(k, self.heads)
    v = __torch__.nn.split_heads(v, self.heads)
    return self.out.forward(__torch__.nn.join_heads(torch.scaled_dot_product_attention(q, k, v)))


class Block:
  norm1 : __torch__.nn.Norm
  attention : __torch__.Attention
  scale1 : Optional[Tensor]
  norm2 : __torch__.nn.Norm
  up : __torch__.nn.Linear
  down : __torch__.nn.Linear
  scale2 : Optional[Tensor]
  activation : int

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, eps: float, activation: int, int8: bool) -> NoneType:
    self.norm1 = __torch__.nn.Norm(weights, name + ".norm1", eps)
    self.attention = __torch__.Attention(weights, name + ".attention", heads, eps, int8)
    self.scale1 = weights.get(name + ".scale1")
    self.norm2 = __torch__.nn.Norm(weights, name + ".norm2", eps)
    self.up = __torch__.nn.block_linear(weights, name + ".up", name + ".up.bias", int8)
    self.down = __torch__.nn.block_linear(weights, name + ".down", name + ".down.bias", int8)
    self.scale2 = weights.get(name + ".scale2")
    self.activation = activation

  def forward(self: __torch__.Block, x: Tensor) -> Tensor:
    x = x + __torch__.scaled(self.attention.forward(self.norm1.forward(x)), self.scale1)
    h = __torch__.nn.activation(self.up.forward(self.norm2.forward(x)), self.activation)
    return x + __torch__.scaled(self.down.forward(h), self.scale2)


def scaled(x: Tensor, scale: Optional[Tensor]) -> Tensor:
  if scale is not None:
    return x * scale
  return x


class Tower:
  patch : int
  embedding : Tensor
  embedding_bias : Optional[Tensor]
  cls : Optional[Tensor]
  positions : Tensor
  pre_norm : Optional[__torch__.nn.LayerNorm]
  blocks : List[__torch__.Block]
  post_norm : Optional[__torch__.nn.LayerNorm]
  # Hidden states that are concatenated to the features: 0 is the first block's input, N the output of block N.
  states : List[int]
  # Whether the first vector is left out of the features. It is CLS if there is one.
  drops_first : bool

  def __init__(self: __torch__.Tower, weights: Dict[str, Tensor], patch: int, grid: int, layers: int, heads: int, eps: float, activation: int, states: List[int], drops_first: bool, int8: bool) -> NoneType:
    if int8:
      __torch__.nn.widen(weights)
    self.patch = patch
    self.embedding = weights["patch.weight"].flatten(1)
    self.embedding_bias = weights.get("patch.bias")
    cls = annotate(Optional[Tensor], None)
    if "cls" in weights:
      cls = weights["cls"].view(1, 1, -1)
    self.cls = cls
    self.positions = __torch__.nn.positions(weights["positions"], grid)
    pre_norm = annotate(Optional[__torch__.nn.LayerNorm], None)
    if "pre_norm.weight" in weights:
      pre_norm = __torch__.nn.LayerNorm(weights, "pre_norm", eps)
    self.pre_norm = pre_norm
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "blocks.{}".format(i), heads, eps, activation, int8))
    post_norm = annotate(Optional[__torch__.nn.LayerNorm], None)
    if "post_norm.weight" in weights:
      post_norm = __torch__.nn.LayerNorm(weights, "post_norm", eps)
    self.post_norm = post_norm
    self.states = states
    self.drops_first = drops_first

  def embed(self: __torch__.Tower, pixels: Tensor) -> Tensor:
    x = __torch__.nn.patches(torch.to(pixels, ops.prim.dtype(self.embedding)), self.patch)
    x = torch.linear(x, self.embedding, self.embedding_bias)
    cls = self.cls
    if cls is not None:
      x = torch.cat([cls.expand(x.size(0), 1, -1), x], 1)
    x = x + self.positions
    norm = self.pre_norm
    if norm is not None:
      x = norm.forward(x)
    return x

  def forward(self: __torch__.Tower, pixels: Tensor) -> Tensor:
    x = self.embed(pixels)
    kept = annotate(Dict[int, Tensor], {})
    if 0 in self.states:
      kept[0] = x
    for i in range(len(self.blocks)):
      x = self.blocks[i].forward(x)
      if i + 1 in self.states:
        kept[i + 1] = x
    features = annotate(List[Tensor], [])
    for state in self.states:
      features.append(kept[state])
    x = torch.cat(features, -1)
    norm = self.post_norm
    if norm is not None:
      x = norm.forward(x)
    if self.drops_first:
      x = x[:, 1:]
    return x.contiguous()


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], patch: int, grid: int, layers: int, heads: int, eps: float, activation: int, states: List[int], drops_first: bool, int8: bool) -> __torch__.Tower:
    return __torch__.Tower(weights, patch, grid, layers, heads, eps, activation, states, drops_first, int8)

  # images: pixel values [3, side, side], float32 -> features: [batch, tokens, width]
  def encode(self: __torch__.Program, tower: __torch__.Tower, images: List[Tensor], numbers: List[int]) -> Tensor:
    at_once = __torch__.nn.images_at_once(images, tower.positions)
    features = annotate(List[Tensor], [])
    for begin in range(0, len(images), at_once):
      features.append(tower.forward(torch.stack(images[begin:begin + at_once])))
    return torch.cat(features)
