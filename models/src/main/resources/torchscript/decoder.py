# Decoder-only transformer of the Llama family: pre-norm blocks with RMSNorm, rotary embedding, grouped-query attention
# and SwiGLU. One step runs any mix of prompt chunks and single tokens of many sequences: the linear layers see all rows
# at once, attention runs per sequence over its own slot of the KV cache.

# A linear layer, its weights in one of three forms: 0 as stored (which may be a view of the mapped file), 1 in oneDNN's
# blocked layout (bfloat16 on a CPU: reads at the memory's speed, but is a copy), 2 in 8 bits with one scale an output,
# its activations quantised as they come.
class Linear:
  form : int
  weight : Tensor
  bias : Optional[Tensor]
  int8 : Optional[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  no_scalars : List[Optional[number]]

  def __init__(self: __torch__.Linear, weight: Tensor, bias: Optional[Tensor], form: int) -> NoneType:
    packed = annotate(Optional[__torch__.torch.classes.quantized.LinearPackedParamsBase], None)
    self.form = form
    self.weight = weight
    self.bias = bias
    self.no_scalars = annotate(List[Optional[number]], [])
    if form == 1:
      self.weight = ops.mkldnn._reorder_linear_weight(weight, 1)
    if form == 2:
      wide = torch.to(weight, 6)
      scale = torch.clamp(torch.amax(torch.abs(wide), [1], False) / 127., min=1e-12)
      zero = torch.zeros_like(torch.to(scale, 4))
      wide_bias = annotate(Optional[Tensor], None)
      if bias is not None:
        wide_bias = torch.to(bias, 6)
      packed = ops.quantized.linear_prepack(torch.quantize_per_channel(wide, torch.to(scale, 7), zero, 0, 12), wide_bias)
      self.weight = torch.empty([0])
    self.int8 = packed

  def forward(self: __torch__.Linear, x: Tensor) -> Tensor:
    packed = self.int8
    if packed is not None:
      return ops.quantized.linear_dynamic(x, packed, False)
    if self.form == 1:
      return ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", self.no_scalars, "")
    return torch.linear(x, self.weight, self.bias)


def linear(weights: Dict[str, Tensor], name: str, form: int) -> __torch__.Linear:
  return __torch__.Linear(weights[name + ".weight"], weights.get(name + ".bias"), form)


# x / sqrt(mean(x^2) + eps) * weight, the mean in float32. In few operations: a small model's step is made of them.
class RmsNorm:
  weight : Tensor
  eps : Tensor
  share : float

  def __init__(self: __torch__.RmsNorm, weights: Dict[str, Tensor], name: str, eps: float, dtype: int) -> NoneType:
    self.weight = torch.to(weights[name + ".weight"], dtype)
    self.eps = torch.full([1, 1], eps, dtype=6, device=ops.prim.device(self.weight))
    self.share = 1. / self.weight.size(0)

  def forward(self: __torch__.RmsNorm, x: Tensor) -> Tensor:
    length = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    scaled = x * torch.rsqrt(torch.addcmul(self.eps, length, length, value=self.share))
    return torch.to(scaled, ops.prim.dtype(x)) * self.weight


# Keys and values of every layer: [slots, key/value heads, tokens, head width].
class KvCache:
  keys : List[Tensor]
  values : List[Tensor]
  # The same memory by layer and slot: [1, key/value heads, tokens, head width].
  slot_keys : List[List[Tensor]]
  slot_values : List[List[Tensor]]

  def __init__(self: __torch__.KvCache, layers: int, slots: int, heads: int, tokens: int, width: int, like: Tensor) -> NoneType:
    self.keys = annotate(List[Tensor], [])
    self.values = annotate(List[Tensor], [])
    self.slot_keys = annotate(List[List[Tensor]], [])
    self.slot_values = annotate(List[List[Tensor]], [])
    for i in range(layers):
      keys = torch.new_empty(like, [slots, heads, tokens, width])
      values = torch.new_empty(like, [slots, heads, tokens, width])
      self.keys.append(keys)
      self.values.append(values)
      self.slot_keys.append(torch.split(keys, 1))
      self.slot_values.append(torch.split(values, 1))


# The rows of one step and whose they are.
class Rows:
  # [rows, 1, 1, head width] and half of that: the rotary embedding at each row's position.
  cos : Tensor
  half_sin : Tensor
  # Per sequence: its slot, number of rows, and tokens already in the cache.
  slots : List[int]
  counts : List[int]
  past : List[int]
  # Per sequence: [groups * rows, past + rows], who sees whom; empty for a single row, which sees all.
  masks : List[Tensor]

  def __init__(self: __torch__.Rows, positions: Tensor, cos: Tensor, sin: Tensor, slots: List[int], counts: List[int], past: List[int], groups: int) -> NoneType:
    self.cos = cos[positions].unsqueeze(1).unsqueeze(1)
    self.half_sin = torch.chunk(sin[positions].unsqueeze(1).unsqueeze(1), 2, -1)[0]
    self.slots = slots
    self.counts = counts
    self.past = past
    self.masks = annotate(List[Tensor], [])
    for i in range(len(counts)):
      rows = counts[i]
      mask = torch.ones([0], dtype=11, device=ops.prim.device(positions))
      if rows > 1:
        seen = torch.ones([rows, past[i] + rows], dtype=11, device=ops.prim.device(positions))
        mask = torch.tril(seen, past[i]).repeat([groups, 1])
      self.masks.append(mask)


# One matrix whose rows are grouped by key/value head: its query heads, then its key, then its value.
def group_heads(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  parts = [q.unflatten(0, [heads, -1]), k.unflatten(0, [heads, -1]), v.unflatten(0, [heads, -1])]
  return torch.cat(parts, 1).flatten(0, 1)


class Attention:
  heads : int
  groups : int
  # One fused projection grouped by key/value head, or q, k and v.
  projections : List[__torch__.Linear]
  out : __torch__.Linear

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int, groups: int, form: int) -> NoneType:
    self.heads = heads
    self.groups = groups
    self.projections = annotate(List[__torch__.Linear], [])
    if name + ".qkv.weight" in weights:
      self.projections.append(__torch__.linear(weights, name + ".qkv", form))
    elif form > 0:
      # Packed weights are copies anyway, so they may as well be fused.
      weight = __torch__.group_heads(weights[name + ".q.weight"], weights[name + ".k.weight"], weights[name + ".v.weight"], heads)
      bias = annotate(Optional[Tensor], None)
      if name + ".q.bias" in weights:
        bias = __torch__.group_heads(weights[name + ".q.bias"], weights[name + ".k.bias"], weights[name + ".v.bias"], heads)
      self.projections.append(__torch__.Linear(weight, bias, form))
    else:
      self.projections.append(__torch__.linear(weights, name + ".q", form))
      self.projections.append(__torch__.linear(weights, name + ".k", form))
      self.projections.append(__torch__.linear(weights, name + ".v", form))
    self.out = __torch__.linear(weights, name + ".out", form)

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

  # Rotates i with i + width / 2, queries and keys at once, in float32.
  def rotate(self: __torch__.Attention, x: Tensor, rows: __torch__.Rows) -> Tensor:
    wide = torch.to(x, 6)
    a, b = torch.chunk(wide, 2, -1)
    turned = wide * rows.cos
    turned_a, turned_b = torch.chunk(turned, 2, -1)
    turned_a.addcmul_(b, rows.half_sin, value=-1)
    turned_b.addcmul_(a, rows.half_sin)
    return torch.to(turned, ops.prim.dtype(x))

  # keys, values: by slot.
  def forward(self: __torch__.Attention, x: Tensor, keys: List[Tensor], values: List[Tensor], rows: __torch__.Rows) -> Tensor:
    groups = self.groups
    qkv = self.project(x)
    qk = self.rotate(torch.narrow(qkv, 2, 0, groups + 1), rows)
    outputs = annotate(List[Tensor], [])
    begin = 0
    for i in range(len(rows.counts)):
      count = rows.counts[i]
      past = rows.past[i]
      slot_keys = keys[rows.slots[i]]
      slot_values = values[rows.slots[i]]
      own = torch.narrow(qk, 0, begin, count)
      # [rows, heads, width] -> [heads, rows, width]
      new_keys = torch.select(own, 2, groups).transpose(0, 1)
      new_values = torch.select(torch.narrow(qkv, 0, begin, count), 2, groups + 1).transpose(0, 1)
      torch.narrow(slot_keys, 2, past, count).copy_(new_keys)
      torch.narrow(slot_values, 2, past, count).copy_(new_values)
      k = torch.narrow(slot_keys, 2, 0, past + count)
      v = torch.narrow(slot_values, 2, 0, past + count)
      # The queries that share a key/value head stand behind each other, so the cache is read as it lies.
      q = torch.narrow(own, 2, 0, groups)
      if count == 1:
        outputs.append(torch.scaled_dot_product_attention(q, k, v).flatten(1))
      else:
        q = q.permute(1, 2, 0, 3).reshape(1, self.heads, groups * count, -1)
        y = torch.scaled_dot_product_attention(q, k, v, rows.masks[i])
        outputs.append(y.view(self.heads, groups, count, -1).permute(2, 0, 1, 3).reshape(count, -1))
      begin += count
    if len(outputs) == 1:
      return self.out.forward(outputs[0])
    return self.out.forward(torch.cat(outputs))


# SwiGLU: down(silu(gate(x)) * up(x)).
class FeedForward:
  # Gate and up in one matrix, or the two.
  projections : List[__torch__.Linear]
  down : __torch__.Linear

  def __init__(self: __torch__.FeedForward, weights: Dict[str, Tensor], name: str, form: int) -> NoneType:
    self.projections = annotate(List[__torch__.Linear], [])
    if form > 0:
      weight = torch.cat([weights[name + ".gate.weight"], weights[name + ".up.weight"]])
      self.projections.append(__torch__.Linear(weight, None, form))
    else:
      self.projections.append(__torch__.linear(weights, name + ".gate", form))
      self.projections.append(__torch__.linear(weights, name + ".up", form))
    self.down = __torch__.linear(weights, name + ".down", form)

  def forward(self: __torch__.FeedForward, x: Tensor) -> Tensor:
    first = self.projections[0].forward(x)
    if len(self.projections) == 1:
      gate, up = torch.chunk(first, 2, -1)
      return self.down.forward(torch.silu(gate) * up)
    return self.down.forward(torch.silu(first) * self.projections[1].forward(x))


class Block:
  attention_norm : __torch__.RmsNorm
  attention : __torch__.Attention
  ffn_norm : __torch__.RmsNorm
  ffn : __torch__.FeedForward

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, groups: int, eps: float, dtype: int, form: int) -> NoneType:
    self.attention_norm = __torch__.RmsNorm(weights, name + ".attention_norm", eps, dtype)
    self.attention = __torch__.Attention(weights, name + ".attention", heads, groups, form)
    self.ffn_norm = __torch__.RmsNorm(weights, name + ".ffn_norm", eps, dtype)
    self.ffn = __torch__.FeedForward(weights, name + ".ffn", form)

  # Changes x in place: the residual stream.
  def forward(self: __torch__.Block, x: Tensor, keys: List[Tensor], values: List[Tensor], rows: __torch__.Rows) -> NoneType:
    x.add_(self.attention.forward(self.attention_norm.forward(x), keys, values, rows))
    x.add_(self.ffn.forward(self.ffn_norm.forward(x)))


class Decoder:
  # As stored; looked-up rows are cast to the type of the activations.
  embedding : Tensor
  dtype : int
  blocks : List[__torch__.Block]
  norm : __torch__.RmsNorm
  # Tied to the embedding where the checkpoint has no output layer.
  output : __torch__.Linear
  heads : int
  groups : int
  # [context, head width], float32.
  cos : Tensor
  sin : Tensor

  def __init__(self: __torch__.Decoder, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int, dtype: int, form: int) -> NoneType:
    self.embedding = weights["embedding.weight"]
    self.dtype = dtype
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "layers.{}".format(i), heads, groups, eps, dtype, form))
    self.norm = __torch__.RmsNorm(weights, "norm", eps, dtype)
    output = self.embedding
    if "output.weight" in weights:
      output = weights["output.weight"]
    self.output = __torch__.Linear(output, None, form)
    self.heads = heads
    self.groups = groups
    angles = torch.outer(torch.arange(context, dtype=6, device=ops.prim.device(frequencies)), frequencies)
    angles = torch.cat([angles, angles], -1)
    self.cos = torch.cos(angles)
    self.sin = torch.sin(angles)

  def embed(self: __torch__.Decoder, ids: Tensor) -> Tensor:
    return torch.to(torch.embedding(self.embedding, ids), self.dtype)

  # Hidden states [rows, width] -> logits [rows, vocabulary], float32
  def logits(self: __torch__.Decoder, x: Tensor) -> Tensor:
    return torch.to(self.output.forward(self.norm.forward(x)), 6)

  # x: embedded rows [rows, width], which become hidden states in place.
  def forward(self: __torch__.Decoder, x: Tensor, cache: __torch__.KvCache, rows: __torch__.Rows) -> NoneType:
    i = 0
    for block in self.blocks:
      block.forward(x, cache.slot_keys[i], cache.slot_values[i], rows)
      i += 1


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # frequencies: [head width / 2], float32: radians a position for each rotated pair. dtype: of the activations.
  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int, dtype: int, form: int) -> __torch__.Decoder:
    return __torch__.Decoder(weights, layers, heads, groups, eps, frequencies, context, dtype, form)

  def cache(self: __torch__.Program, decoder: __torch__.Decoder, slots: int, tokens: int) -> __torch__.KvCache:
    like = torch.empty([0], dtype=decoder.dtype, device=ops.prim.device(decoder.cos))
    return __torch__.KvCache(len(decoder.blocks), slots, decoder.heads, tokens, decoder.cos.size(1), like)

  # Copies keys and values of positions [begin, end) between slots: to[i] gets those of source[i], all read before any is
  # written.
  def copy(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.KvCache, source: Tensor, to: Tensor, begin: int, end: int) -> NoneType:
    for keys in cache.keys:
      keys[to, :, begin:end] = keys[:, :, begin:end][source]
    for values in cache.values:
      values[to, :, begin:end] = values[:, :, begin:end][source]

  # Embeds a prompt of text and visual tokens. Where a segment's ids are empty the next visual tensor stands.
  # -> [prompt tokens, width]
  def embed(self: __torch__.Program, decoder: __torch__.Decoder, segments: List[Tensor], visual: List[Tensor]) -> Tensor:
    parts = annotate(List[Tensor], [])
    next = 0
    for ids in segments:
      if ids.numel() > 0:
        parts.append(decoder.embed(ids))
      else:
        parts.append(torch.to(visual[next], decoder.dtype))
        next += 1
    return torch.cat(parts)

  # One forward pass over chunks of prompts (`prompts[i]` from row `first[i]`), then rows of `tokens`; sequences are
  # listed in that order.
  # -> logits after the wanted rows: [wanted, vocabulary], float32
  def step(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.KvCache, prompts: List[Tensor], first: List[int], tokens: Tensor, positions: Tensor, slots: List[int], counts: List[int], past: List[int], wanted: Tensor) -> Tensor:
    parts = annotate(List[Tensor], [])
    for i in range(len(prompts)):
      parts.append(prompts[i][first[i]:first[i] + counts[i]])
    if tokens.numel() > 0:
      parts.append(decoder.embed(tokens))
    x = torch.cat(parts)
    decoder.forward(x, cache, __torch__.Rows(positions, decoder.cos, decoder.sin, slots, counts, past, decoder.groups))
    if wanted.numel() == 0:
      return torch.empty([0, decoder.embedding.size(0)])
    if wanted.numel() < x.size(0):
      x = x[wanted]
    return decoder.logits(x)

  # Logits after every row of one prompt, for tests and scoring: [rows, vocabulary], float32
  def score(self: __torch__.Program, decoder: __torch__.Decoder, prompt: Tensor) -> Tensor:
    count = prompt.size(0)
    cache = self.cache(decoder, 1, count)
    positions = torch.arange(count, device=ops.prim.device(prompt))
    x = prompt.clone()
    decoder.forward(x, cache, __torch__.Rows(positions, decoder.cos, decoder.sin, [0], [count], [0], decoder.groups))
    return decoder.logits(x)

  def select(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor) -> Tensor:
    return logits[rows]

  def argmax(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor) -> Tensor:
    return torch.argmax(logits, -1)

  # Changes single logits, in place: entry i concerns logits[rows[i], ids[i]], each at most once. A positive logit is
  # divided by repetition[i], a negative one multiplied with it; then bias[i] is added.
  def adjust(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor, ids: Tensor, repetition: Tensor, bias: Tensor) -> NoneType:
    x = logits[rows, ids]
    logits[rows, ids] = torch.where(x > 0., x / repetition, x * repetition) + bias

  # Forbids all tokens but the allowed ones, in place: allowed[i] is row rows[i]'s, [vocabulary], bool.
  def allow(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor, allowed: Tensor) -> NoneType:
    logits[rows] = torch.masked_fill(logits[rows], torch.logical_not(allowed), -float("inf"))

  # Log probabilities of one id in each of the rows, and of each row's most probable tokens.
  # -> [rows], [rows, top] ids, [rows, top]
  def logprobs(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor, ids: Tensor, top: int) -> Tuple[Tensor, Tensor, Tensor]:
    all = torch.log_softmax(logits[rows], -1)
    best, best_ids = torch.topk(all, top)
    return torch.gather(all, 1, ids.unsqueeze(1)).squeeze(1), best_ids, best

  # logits: [rows, vocabulary]; the rest has one number a row, uniform in [0, 1). Draws by inverting the cumulative
  # distribution, so a row's token depends on its own number only, not on who shares the batch.
  def sample(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, temperature: Tensor, top_k: Tensor, top_p: Tensor, min_p: Tensor, uniform: Tensor) -> Tensor:
    scaled = logits / torch.clamp(temperature, min=1e-6).unsqueeze(1)
    ranked, ids = torch.sort(scaled, -1, True)
    rank = torch.arange(logits.size(1), device=ops.prim.device(logits)).unsqueeze(0)
    limit = torch.where(top_k > 0, top_k, torch.full_like(top_k, logits.size(1))).unsqueeze(1)
    p = torch.softmax(torch.masked_fill(ranked, rank >= limit, -float("inf")), -1)
    # A token stays while those before it have not reached top_p; the first always stays.
    before = torch.cumsum(p, -1) - p
    p = torch.masked_fill(p, before >= top_p.unsqueeze(1), 0.)
    p = torch.masked_fill(p, p < min_p.unsqueeze(1) * p[:, :1], 0.)
    cumulative = torch.cumsum(p, -1)
    target = uniform.unsqueeze(1) * cumulative[:, -1:]
    chosen = torch.sum(cumulative <= target, [-1], True)
    last = torch.sum(p > 0., [-1], True) - 1
    drawn = torch.gather(ids, 1, torch.minimum(chosen, last)).squeeze(1)
    return torch.where(temperature > 0., drawn, torch.argmax(logits, -1))

  # The best continuations of all beams together: scores [beams] are sums of log probabilities so far.
  # -> [top] scores, [top] index into beams x vocabulary, best first
  def continue_beams(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, scores: Tensor, top: int) -> Tuple[Tensor, Tensor]:
    return torch.topk((torch.log_softmax(logits, -1) + scores.unsqueeze(1)).flatten(), top)
