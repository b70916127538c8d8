# Decoder-only transformer of the Llama family: pre-norm blocks with RMSNorm, rotary embedding, grouped-query attention
# and SwiGLU. One step runs any mix of prompt chunks and single tokens of many sequences: the linear layers see all rows
# at once, attention runs per sequence over its own slot of the KV cache.

class RmsNorm:
  weight : Tensor
  eps : float

  def __init__(self: __torch__.RmsNorm, weights: Dict[str, Tensor], name: str, eps: float) -> NoneType:
    self.weight = weights[name + ".weight"]
    self.eps = eps

  def forward(self: __torch__.RmsNorm, x: Tensor) -> Tensor:
    return torch.rms_norm(x, [self.weight.size(0)], self.weight, self.eps)


# Keys and values of every layer: [slots, key/value heads, tokens, head width].
class KvCache:
  keys : List[Tensor]
  values : List[Tensor]

  def __init__(self: __torch__.KvCache, layers: int, slots: int, heads: int, tokens: int, width: int, like: Tensor) -> NoneType:
    self.keys = annotate(List[Tensor], [])
    self.values = annotate(List[Tensor], [])
    for i in range(layers):
      self.keys.append(torch.new_empty(like, [slots, heads, tokens, width]))
      self.values.append(torch.new_empty(like, [slots, heads, tokens, width]))


# The rows of one step and whose they are.
class Rows:
  # [rows]: where each row's key and value go.
  slots : Tensor
  positions : Tensor
  # [rows, 1, 1, head width]: the rotary embedding at each row's position.
  cos : Tensor
  sin : Tensor
  # Per sequence: its slot, number of rows, and tokens already in the cache.
  sequence_slots : List[int]
  sequence_rows : List[int]
  sequence_past : List[int]
  # Per sequence: [groups * rows, past + rows], who sees whom; empty for a single row, which sees all.
  masks : List[Tensor]

  def __init__(self: __torch__.Rows, slots: Tensor, positions: Tensor, cos: Tensor, sin: Tensor, sequence_slots: List[int], sequence_rows: List[int], sequence_past: List[int], groups: int) -> NoneType:
    self.slots = slots
    self.positions = positions
    self.cos = cos[positions].unsqueeze(1).unsqueeze(1)
    self.sin = sin[positions].unsqueeze(1).unsqueeze(1)
    self.sequence_slots = sequence_slots
    self.sequence_rows = sequence_rows
    self.sequence_past = sequence_past
    self.masks = annotate(List[Tensor], [])
    for i in range(len(sequence_rows)):
      rows = sequence_rows[i]
      past = sequence_past[i]
      mask = torch.ones([0], dtype=11, device=ops.prim.device(slots))
      if rows > 1:
        seen = torch.ones([rows, past + rows], dtype=11, device=ops.prim.device(slots))
        mask = torch.tril(seen, past).repeat([groups, 1])
      self.masks.append(mask)


class Attention:
  heads : int
  groups : int
  # One fused projection whose rows are grouped by key/value head (its query heads, its key, its value), or q, k and v.
  projections : List[__torch__.nn.Linear]
  out : __torch__.nn.Linear

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int, groups: int) -> NoneType:
    self.heads = heads
    self.groups = groups
    self.projections = annotate(List[__torch__.nn.Linear], [])
    if name + ".qkv.weight" in weights:
      self.projections.append(__torch__.nn.Linear(weights, name + ".qkv"))
    else:
      self.projections.append(__torch__.nn.Linear(weights, name + ".q"))
      self.projections.append(__torch__.nn.Linear(weights, name + ".k"))
      self.projections.append(__torch__.nn.Linear(weights, name + ".v"))
    self.out = __torch__.nn.Linear(weights, name + ".out")

  # [rows, heads, groups + 2, head width]: a key/value head's queries, its key, its value.
  def project(self: __torch__.Attention, x: Tensor) -> Tensor:
    rows = x.size(0)
    first = self.projections[0].forward(x)
    if len(self.projections) == 1:
      return first.view(rows, self.heads, self.groups + 2, -1)
    q = first.view(rows, self.heads, self.groups, -1)
    k = self.projections[1].forward(x).view(rows, self.heads, 1, -1)
    v = self.projections[2].forward(x).view(rows, self.heads, 1, -1)
    return torch.cat([q, k, v], 2)

  def forward(self: __torch__.Attention, x: Tensor, keys: Tensor, values: Tensor, rows: __torch__.Rows) -> Tensor:
    qkv = self.project(x)
    groups = self.groups
    # Rotates i with i + width / 2, queries and keys at once, in float32.
    qk = torch.to(qkv[:, :, :groups + 1], 6)
    a, b = torch.chunk(qk, 2, -1)
    qk = torch.to(qk * rows.cos + torch.cat([torch.neg(b), a], -1) * rows.sin, ops.prim.dtype(x))
    keys[rows.slots, :, rows.positions] = qk[:, :, groups]
    values[rows.slots, :, rows.positions] = qkv[:, :, groups + 1]
    outputs = annotate(List[Tensor], [])
    begin = 0
    for i in range(len(rows.sequence_rows)):
      count = rows.sequence_rows[i]
      slot = rows.sequence_slots[i]
      length = rows.sequence_past[i] + count
      # The queries that share a key/value head stand behind each other, so the cache is read as it lies.
      q = qk[begin:begin + count, :, :groups].permute(1, 2, 0, 3).reshape(1, self.heads, groups * count, -1)
      k = keys[slot:slot + 1, :, :length]
      v = values[slot:slot + 1, :, :length]
      if count > 1:
        y = torch.scaled_dot_product_attention(q, k, v, rows.masks[i])
      else:
        y = torch.scaled_dot_product_attention(q, k, v)
      y = y.view(self.heads, groups, count, -1).permute(2, 0, 1, 3)
      outputs.append(y.reshape(count, -1))
      begin += count
    return self.out.forward(torch.cat(outputs))


class Block:
  attention_norm : __torch__.RmsNorm
  attention : __torch__.Attention
  ffn_norm : __torch__.RmsNorm
  gate : __torch__.nn.Linear
  up : __torch__.nn.Linear
  down : __torch__.nn.Linear

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, groups: int, eps: float) -> NoneType:
    self.attention_norm = __torch__.RmsNorm(weights, name + ".attention_norm", eps)
    self.attention = __torch__.Attention(weights, name + ".attention", heads, groups)
    self.ffn_norm = __torch__.RmsNorm(weights, name + ".ffn_norm", eps)
    self.gate = __torch__.nn.Linear(weights, name + ".ffn.gate")
    self.up = __torch__.nn.Linear(weights, name + ".ffn.up")
    self.down = __torch__.nn.Linear(weights, name + ".ffn.down")

  def forward(self: __torch__.Block, x: Tensor, keys: Tensor, values: Tensor, rows: __torch__.Rows) -> Tensor:
    x = x + self.attention.forward(self.attention_norm.forward(x), keys, values, rows)
    h = self.ffn_norm.forward(x)
    return x + self.down.forward(torch.silu(self.gate.forward(h)) * self.up.forward(h))


class Decoder:
  embedding : Tensor
  blocks : List[__torch__.Block]
  norm : __torch__.RmsNorm
  # Tied to the embedding where the checkpoint has no output layer.
  output : Tensor
  heads : int
  groups : int
  # [context, head width], float32.
  cos : Tensor
  sin : Tensor

  def __init__(self: __torch__.Decoder, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int) -> NoneType:
    self.embedding = weights["embedding.weight"]
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "layers.{}".format(i), heads, groups, eps))
    self.norm = __torch__.RmsNorm(weights, "norm", eps)
    self.output = self.embedding
    if "output.weight" in weights:
      self.output = weights["output.weight"]
    self.heads = heads
    self.groups = groups
    angles = torch.outer(torch.arange(context, dtype=6, device=ops.prim.device(frequencies)), frequencies)
    angles = torch.cat([angles, angles], -1)
    self.cos = torch.cos(angles)
    self.sin = torch.sin(angles)

  # x: [rows, width] -> hidden states [rows, width]
  def forward(self: __torch__.Decoder, x: Tensor, cache: __torch__.KvCache, rows: __torch__.Rows) -> Tensor:
    i = 0
    for block in self.blocks:
      x = block.forward(x, cache.keys[i], cache.values[i], rows)
      i += 1
    return x


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # frequencies: [head width / 2], float32: radians a position for each rotated pair.
  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int) -> __torch__.Decoder:
    return __torch__.Decoder(weights, layers, heads, groups, eps, frequencies, context)

  def cache(self: __torch__.Program, decoder: __torch__.Decoder, slots: int, tokens: int) -> __torch__.KvCache:
    width = decoder.cos.size(1)
    return __torch__.KvCache(len(decoder.blocks), slots, decoder.heads, tokens, width, decoder.embedding)

  # Embeds a prompt of text and visual tokens. Where a segment's ids are empty the next visual tensor stands.
  # -> [prompt tokens, width]
  def embed(self: __torch__.Program, decoder: __torch__.Decoder, segments: List[Tensor], visual: List[Tensor]) -> Tensor:
    parts = annotate(List[Tensor], [])
    next = 0
    for ids in segments:
      if ids.numel() > 0:
        parts.append(torch.embedding(decoder.embedding, ids))
      else:
        parts.append(torch.to(visual[next], ops.prim.dtype(decoder.embedding)))
        next += 1
    return torch.cat(parts)

  # One forward pass over the chunks of prompts (`prompts[i]` from row `from[i]`), then one row for each of `tokens`;
  # sequences are listed in that order.
  # -> logits after the last row of every sequence: [sequences, vocabulary], float32
  def step(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.KvCache, prompts: List[Tensor], first: List[int], tokens: Tensor, slots: Tensor, positions: Tensor, sequence_slots: List[int], sequence_rows: List[int], sequence_past: List[int]) -> Tensor:
    parts = annotate(List[Tensor], [])
    for i in range(len(prompts)):
      parts.append(prompts[i][first[i]:first[i] + sequence_rows[i]])
    if tokens.numel() > 0:
      parts.append(torch.embedding(decoder.embedding, tokens))
    rows = __torch__.Rows(slots, positions, decoder.cos, decoder.sin, sequence_slots, sequence_rows, sequence_past, decoder.groups)
    x = decoder.forward(torch.cat(parts), cache, rows)
    last = annotate(List[int], [])
    end = 0
    for count in sequence_rows:
      end += count
      last.append(end - 1)
    x = decoder.norm.forward(x[torch.tensor(last, device=ops.prim.device(x))])
    return torch.to(torch.linear(x, decoder.output), 6)

  # Logits after every row of one prompt, for tests and scoring: [rows, vocabulary], float32
  def score(self: __torch__.Program, decoder: __torch__.Decoder, prompt: Tensor) -> Tensor:
    count = prompt.size(0)
    cache = self.cache(decoder, 1, count)
    positions = torch.arange(count, device=ops.prim.device(prompt))
    rows = __torch__.Rows(torch.zeros_like(positions), positions, decoder.cos, decoder.sin, [0], [count], [0], decoder.groups)
    return torch.to(torch.linear(decoder.norm.forward(decoder.forward(prompt, cache, rows)), decoder.output), 6)

  def argmax(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor) -> Tensor:
    return torch.argmax(logits, -1)

  # logits: [sequences, vocabulary]; the rest has one number a sequence, uniform in [0, 1). Draws by inverting the
  # cumulative distribution, so a sequence's token depends on its own number only, not on who shares the batch.
  def sample(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, temperature: Tensor, top_k: Tensor, top_p: Tensor, uniform: Tensor) -> Tensor:
    scaled = logits / torch.clamp(temperature, min=1e-6).unsqueeze(1)
    ranked, ids = torch.sort(scaled, -1, True)
    rank = torch.arange(logits.size(1), device=ops.prim.device(logits)).unsqueeze(0)
    limit = torch.where(top_k > 0, top_k, torch.full_like(top_k, logits.size(1))).unsqueeze(1)
    p = torch.softmax(torch.masked_fill(ranked, rank >= limit, -float("inf")), -1)
    # A token stays while those before it have not reached top_p; the first always stays.
    before = torch.cumsum(p, -1) - p
    p = torch.masked_fill(p, before >= top_p.unsqueeze(1), 0.)
    cumulative = torch.cumsum(p, -1)
    target = uniform.unsqueeze(1) * cumulative[:, -1:]
    chosen = torch.sum(cumulative <= target, [-1], True)
    last = torch.sum(p > 0., [-1], True) - 1
    drawn = torch.gather(ids, 1, torch.minimum(chosen, last)).squeeze(1)
    return torch.where(temperature > 0., drawn, torch.argmax(logits, -1))
