# ParGo's partial-global projector: a BERT-style stack (post-norm) whose query tokens are the partial tokens, followed by the
# global tokens. The caller passes the attention masks; without masks the stack is a plain Q-Former.
# Reference: pargo/models/pargo.py and qformer.py of the released code.

class Attention:
  heads : int
  query : __torch__.nn.Linear
  key : __torch__.nn.Linear
  value : __torch__.nn.Linear
  out : __torch__.nn.Linear
  norm : __torch__.nn.LayerNorm

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int, eps: float) -> NoneType:
    self.heads = heads
    self.query = __torch__.nn.linear(weights, name + ".self.query")
    self.key = __torch__.nn.linear(weights, name + ".self.key")
    self.value = __torch__.nn.linear(weights, name + ".self.value")
    self.out = __torch__.nn.linear(weights, name + ".output.dense")
    self.norm = __torch__.nn.LayerNorm(weights, name + ".output.LayerNorm", eps)

  # mask: [queries, keys], true where the query attends to the key; None if all queries attend to all keys.
  def forward(self: __torch__.Attention, x: Tensor, context: Tensor, mask: Optional[Tensor]) -> Tensor:
    q = __torch__.nn.split_heads(self.query.forward(x), self.heads)
    k = __torch__.nn.split_heads(self.key.forward(context), self.heads)
    v = __torch__.nn.split_heads(self.value.forward(context), self.heads)
    joined = __torch__.nn.join_heads(torch.scaled_dot_product_attention(q, k, v, mask))
    return self.norm.forward(self.out.forward(joined) + x)

  # Attention weights as in `forward`: [batch, heads, queries, keys] in float32, sum to 1 over the keys.
  def probabilities(self: __torch__.Attention, x: Tensor, context: Tensor, mask: Optional[Tensor]) -> Tensor:
    q = __torch__.nn.split_heads(self.query.forward(x), self.heads)
    k = __torch__.nn.split_heads(self.key.forward(context), self.heads)
    scores = torch.to(torch.matmul(q, k.transpose(2, 3)), 6) / q.size(3) ** 0.5
    if mask is not None:
      scores = scores.masked_fill(torch.logical_not(mask), float("-inf"))
    return torch.softmax(scores, -1)


class Layer:
  self_attention : __torch__.Attention
  cross_attention : Optional[__torch__.Attention]
  intermediate : __torch__.nn.Linear
  out : __torch__.nn.Linear
  norm : __torch__.nn.LayerNorm

  def __init__(self: __torch__.Layer, weights: Dict[str, Tensor], name: str, heads: int, eps: float, crosses: bool) -> NoneType:
    self.self_attention = __torch__.Attention(weights, name + ".attention", heads, eps)
    cross = annotate(Optional[__torch__.Attention], None)
    if crosses:
      cross = __torch__.Attention(weights, name + ".crossattention", heads, eps)
    self.cross_attention = cross
    self.intermediate = __torch__.nn.linear(weights, name + ".intermediate_query.dense")
    self.out = __torch__.nn.linear(weights, name + ".output_query.dense")
    self.norm = __torch__.nn.LayerNorm(weights, name + ".output_query.LayerNorm", eps)

  def forward(self: __torch__.Layer, x: Tensor, features: Tensor, self_mask: Optional[Tensor], cross_mask: Optional[Tensor]) -> Tensor:
    x = self.self_attention.forward(x, x, self_mask)
    cross = self.cross_attention
    if cross is not None:
      x = cross.forward(x, features, cross_mask)
    return self.norm.forward(self.out.forward(torch.gelu(self.intermediate.forward(x))) + x)


class Projector:
  feature_norm : Optional[__torch__.nn.LayerNorm]
  queries : Tensor
  layers : List[__torch__.Layer]
  out : __torch__.nn.Linear
  # One self-attention mask for each layer, or none; at most one cross-attention mask.
  self_masks : List[Tensor]
  cross_masks : List[Tensor]

  def __init__(self: __torch__.Projector, weights: Dict[str, Tensor], layers: int, heads: int, cross_every: int, eps: float, feature_eps: float, self_masks: List[Tensor], cross_masks: List[Tensor]) -> NoneType:
    feature_norm = annotate(Optional[__torch__.nn.LayerNorm], None)
    if "ln_vision.weight" in weights:
      feature_norm = __torch__.nn.LayerNorm(weights, "ln_vision", feature_eps)
    self.feature_norm = feature_norm
    tokens = weights["query_tokens"]
    positions = weights["ParGo.bert.embeddings.position_embeddings.weight"][:tokens.size(1)]
    norm = __torch__.nn.LayerNorm(weights, "ParGo.bert.embeddings.LayerNorm", eps)
    self.queries = norm.forward(tokens + positions)
    self.layers = annotate(List[__torch__.Layer], [])
    for i in range(layers):
      self.layers.append(__torch__.Layer(weights, "ParGo.bert.encoder.layer.{}".format(i), heads, eps, i % cross_every == 0))
    self.out = __torch__.nn.linear(weights, "llm_proj")
    self.self_masks = self_masks
    self.cross_masks = cross_masks

  def forward(self: __torch__.Projector, features: List[Tensor]) -> Tensor:
    x = self.normalised(features)
    queries = self.queries.expand(x.size(0), -1, -1)
    i = 0
    for layer in self.layers:
      queries = layer.forward(queries, x, self.self_mask(i), self.cross_mask())
      i += 1
    return self.out.forward(queries)

  # The cross-attention weights of each layer with cross-attention: [cross-attention layers, batch, groups, queries, patches]. A
  # group is the mean of neighbouring heads.
  def cross_attention(self: __torch__.Projector, features: List[Tensor], groups: int) -> Tensor:
    x = self.normalised(features)
    queries = self.queries.expand(x.size(0), -1, -1)
    maps = annotate(List[Tensor], [])
    i = 0
    for layer in self.layers:
      cross = layer.cross_attention
      if cross is not None:
        asking = layer.self_attention.forward(queries, queries, self.self_mask(i))
        heads = cross.probabilities(asking, x, self.cross_mask())
        maps.append(heads.view(heads.size(0), groups, -1, heads.size(2), heads.size(3)).mean(2))
      queries = layer.forward(queries, x, self.self_mask(i), self.cross_mask())
      i += 1
    return torch.stack(maps)

  def normalised(self: __torch__.Projector, features: List[Tensor]) -> Tensor:
    x = torch.stack([torch.to(image, ops.prim.dtype(self.queries)) for image in features])
    norm = self.feature_norm
    if norm is not None:
      x = norm.forward(x)
    return x

  def self_mask(self: __torch__.Projector, layer: int) -> Optional[Tensor]:
    mask = annotate(Optional[Tensor], None)
    if len(self.self_masks) > 0:
      mask = self.self_masks[layer]
    return mask

  def cross_mask(self: __torch__.Projector) -> Optional[Tensor]:
    mask = annotate(Optional[Tensor], None)
    if len(self.cross_masks) > 0:
      mask = self.cross_masks[0]
    return mask


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, heads: int, cross_every: int, eps: float, feature_eps: float, self_masks: List[Tensor], cross_masks: List[Tensor]) -> __torch__.Projector:
    return __torch__.Projector(weights, layers, heads, cross_every, eps, feature_eps, self_masks, cross_masks)

  # features: for each image [patches, encoder width] -> visual tokens: [batch, queries, LLM width]
  def project(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], numbers: List[int]) -> Tensor:
    return projector.forward(features)

  # features: for each image [patches, encoder width] -> [cross-attention layers, batch, groups, queries, patches] in float32
  def cross_attention(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], groups: int) -> Tensor:
    return projector.cross_attention(features, groups)
