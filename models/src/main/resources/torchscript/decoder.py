# Decoder-only transformer of the Llama family: pre-norm blocks with RMSNorm, rotary embedding, grouped-query attention
# and SwiGLU. One step runs any mix of prompt chunks and single tokens of many sequences: the linear layers see all rows
# at once, attention sees each sequence's slot of the KV cache.

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


# SwiGLU: down(silu(gate(x)) * up(x)).
class FeedForward:
  # Gate and up in one matrix, or the two.
  projections : List[__torch__.linear.Linear]
  down : __torch__.linear.Linear

  def __init__(self: __torch__.FeedForward, weights: Dict[str, Tensor], name: str, form: int) -> NoneType:
    self.projections = annotate(List[__torch__.linear.Linear], [])
    if form > 0:
      weight = torch.cat([weights.pop(name + ".gate.weight"), weights.pop(name + ".up.weight")])
      self.projections.append(__torch__.linear.Linear(weight, None, form))
    else:
      self.projections.append(__torch__.linear.linear(weights, name + ".gate", form))
      self.projections.append(__torch__.linear.linear(weights, name + ".up", form))
    self.down = __torch__.linear.linear(weights, name + ".down", form)

  def forward(self: __torch__.FeedForward, x: Tensor) -> Tensor:
    first = self.projections[0].forward(x)
    if len(self.projections) == 1:
      gate, up = torch.chunk(first, 2, -1)
      return self.down.forward(torch.silu(gate) * up)
    return self.down.forward(torch.silu(first) * self.projections[1].forward(x))


class Block:
  attention_norm : __torch__.RmsNorm
  attention : __torch__.attention.Attention
  ffn_norm : __torch__.RmsNorm
  ffn : __torch__.FeedForward

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, groups: int, eps: float, dtype: int, form: int) -> NoneType:
    self.attention_norm = __torch__.RmsNorm(weights, name + ".attention_norm", eps, dtype)
    self.attention = __torch__.attention.Attention(weights, name + ".attention", heads, groups, form)
    self.ffn_norm = __torch__.RmsNorm(weights, name + ".ffn_norm", eps, dtype)
    self.ffn = __torch__.FeedForward(weights, name + ".ffn", form)

  # Changes x in place: the residual stream.
  def forward(self: __torch__.Block, x: Tensor, cache: __torch__.attention.KvCache, layer: int, rows: __torch__.attention.Rows) -> NoneType:
    x.add_(self.attention.forward(self.attention_norm.forward(x), cache, layer, rows))
    x.add_(self.ffn.forward(self.ffn_norm.forward(x)))


class Decoder:
  # As stored; looked-up rows are cast to the type of the activations.
  embedding : Tensor
  dtype : int
  blocks : List[__torch__.Block]
  norm : __torch__.RmsNorm
  # Tied to the embedding where the checkpoint has no output layer.
  output : __torch__.linear.Linear
  heads : int
  groups : int
  # Of the cache: the type of keys and values, and the tokens of a block.
  kv_dtype : int
  block : int
  # [context, head width / 2], complex: by how much pairs turn at each position. Its length, once in the query and once in
  # the key, is attention's scale.
  turn : Tensor

  def __init__(self: __torch__.Decoder, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int, dtype: int, kv_dtype: int, block: int, form: int) -> NoneType:
    self.embedding = weights["embedding.weight"]
    self.dtype = dtype
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "layers.{}".format(i), heads, groups, eps, dtype, form))
    self.norm = __torch__.RmsNorm(weights, "norm", eps, dtype)
    output = self.embedding
    if "output.weight" in weights:
      output = weights.pop("output.weight")
    # The most sensitive layer keeps its bits.
    self.output = __torch__.linear.Linear(output, None, 1 if form == 3 else form)
    self.heads = heads
    self.groups = groups
    angles = torch.outer(torch.arange(context, dtype=6, device=ops.prim.device(frequencies)), frequencies)
    self.kv_dtype = kv_dtype
    self.block = block
    self.turn = torch.polar(torch.full_like(angles, (2. * frequencies.size(0)) ** -0.25), angles)

  def embed(self: __torch__.Decoder, ids: Tensor) -> Tensor:
    return torch.to(torch.embedding(self.embedding, ids), self.dtype)

  # Hidden states [rows, width] -> logits [rows, vocabulary], float32
  def logits(self: __torch__.Decoder, x: Tensor) -> Tensor:
    return torch.to(self.output.forward(self.norm.forward(x)), 6)

  # x: embedded rows [rows, width], which become hidden states in place.
  def forward(self: __torch__.Decoder, x: Tensor, cache: __torch__.attention.KvCache, rows: __torch__.attention.Rows) -> NoneType:
    i = 0
    for block in self.blocks:
      block.forward(x, cache, i, rows)
      i += 1


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # frequencies: [head width / 2], float32: radians a position for each rotated pair. dtype: of the activations.
  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int, dtype: int, kv_dtype: int, block: int, form: int) -> __torch__.Decoder:
    return __torch__.Decoder(weights, layers, heads, groups, eps, frequencies, context, dtype, kv_dtype, block, form)

  def cache(self: __torch__.Program, decoder: __torch__.Decoder, slots: int, tokens: int) -> __torch__.attention.KvCache:
    like = torch.empty([0], dtype=decoder.kv_dtype, device=ops.prim.device(decoder.turn))
    return __torch__.attention.KvCache(len(decoder.blocks), slots, decoder.heads, tokens, 2 * decoder.turn.size(1), decoder.block, like)

  # Copies keys and values of positions [begin, end) between slots: to[i] gets those of source[i], all read before any is
  # written. Keys are copied by whole blocks, so the two slots agree before `begin`.
  def copy(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.attention.KvCache, source: Tensor, to: Tensor, begin: int, end: int) -> NoneType:
    first = begin // cache.block
    last = (end + cache.block - 1) // cache.block
    for all in cache.keys:
      keys = all.view(cache.slots, cache.heads, cache.blocks, cache.width, cache.block)
      keys[to, :, first:last] = keys[:, :, first:last][source]
    for all in cache.values:
      values = all.view(cache.slots, cache.heads, -1, cache.width)
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

  # One forward pass over chunks of prompts (`prompts[i]` from row `first[i]`), then rows of `tokens`. Row i is at
  # positions[i] of slot row_slots[i]; slots, counts and past say the same of each chunk.
  # -> logits after the wanted rows: [wanted, vocabulary], float32
  def step(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.attention.KvCache, prompts: List[Tensor], first: List[int], slots: List[int], counts: List[int], past: List[int], tokens: Tensor, row_slots: Tensor, positions: Tensor, wanted: Tensor) -> Tensor:
    parts = annotate(List[Tensor], [])
    for i in range(len(prompts)):
      parts.append(prompts[i][first[i]:first[i] + counts[i]])
    if tokens.numel() > 0:
      parts.append(decoder.embed(tokens))
    x = torch.cat(parts)
    decoder.forward(x, cache, __torch__.attention.Rows(cache, decoder.turn, decoder.groups, row_slots, positions, slots, counts, past))
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
    decoder.forward(x, cache, __torch__.attention.Rows(cache, decoder.turn, decoder.groups, torch.zeros_like(positions), positions, [0], [count], [0]))
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

  # See sampling.py; all but the logits: [rows]
  def sample(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, temperature: Tensor, top_k: Tensor, top_p: Tensor, min_p: Tensor, share: Tensor) -> Tensor:
    return __torch__.sampling.sample(logits, temperature.unsqueeze(1), top_k.unsqueeze(1), top_p.unsqueeze(1), min_p.unsqueeze(1), share.unsqueeze(1))

  # The best continuations of all beams together: scores [beams] are sums of log probabilities so far.
  # -> [top] scores, [top] index into beams x vocabulary, best first
  def continue_beams(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, scores: Tensor, top: int) -> Tuple[Tensor, Tensor]:
    return torch.topk((torch.log_softmax(logits, -1) + scores.unsqueeze(1)).flatten(), top)
