# Decoder-only transformer of the Llama family: pre-norm blocks with RMSNorm, rotary embedding, grouped-query attention
# and a gated MLP. One step runs any mix of prefill chunks and decode tokens of many sequences. The linear layers compute all rows
# at once; attention uses each sequence's pages of the KV cache.

# How members of the family differ.
class Style:
  eps : float
  # Added to the weights of norms. It is 1 for models whose published weights are centred on 0.
  norm_offset : float
  # Factor on the embeddings of text tokens.
  embedding_scale : float
  # Whether the MLP's gate uses the tanh approximation of GELU; otherwise SiLU.
  gelu : bool
  # For each layer the index of its kind.
  kinds : List[int]
  # Number of first layers after which additional columns of the prompt's rows are added to the rows (DeepStack).
  side_inputs : int

  def __init__(self: __torch__.Style, eps: float, norm_offset: float, embedding_scale: float, gelu: bool, kinds: List[int], side_inputs: int) -> NoneType:
    self.eps = eps
    self.norm_offset = norm_offset
    self.embedding_scale = embedding_scale
    self.gelu = gelu
    self.kinds = kinds
    self.side_inputs = side_inputs


# x / sqrt(mean(x^2) + eps) * weight, the mean in float32. It uses few operations, because their number dominates the step time of
# a small model.
class RmsNorm:
  weight : Tensor
  eps : Tensor
  share : float

  def __init__(self: __torch__.RmsNorm, weights: Dict[str, Tensor], name: str, style: __torch__.Style, dtype: int) -> NoneType:
    weight = weights[name + ".weight"]
    if style.norm_offset != 0.:
      weight = torch.to(weight, 6) + style.norm_offset
    self.weight = torch.to(weight, dtype)
    self.eps = torch.full([1, 1], style.eps, dtype=6, device=ops.prim.device(self.weight))
    self.share = 1. / self.weight.size(0)

  def forward(self: __torch__.RmsNorm, x: Tensor) -> Tensor:
    length = torch.linalg_vector_norm(x, 2, [-1], True, dtype=6)
    scaled = x * torch.rsqrt(torch.addcmul(self.eps, length, length, value=self.share))
    return torch.to(scaled, ops.prim.dtype(x)) * self.weight


# down(activation(gate(x)) * up(x)).
class FeedForward:
  gelu : bool
  # Gate and up in one matrix, or in two.
  projections : List[__torch__.linear.Linear]
  down : __torch__.linear.Linear

  def __init__(self: __torch__.FeedForward, weights: Dict[str, Tensor], name: str, gelu: bool, form: int) -> NoneType:
    self.gelu = gelu
    self.projections = annotate(List[__torch__.linear.Linear], [])
    if form > 0:
      updates = __torch__.linear.joined_updates(weights, [name + ".gate", name + ".up"])
      weight = torch.cat([weights.pop(name + ".gate.weight"), weights.pop(name + ".up.weight")])
      self.projections.append(__torch__.linear.Linear(weight, None, form))
      self.projections[0].updates = updates
    else:
      self.projections.append(__torch__.linear.linear(weights, name + ".gate", form))
      self.projections.append(__torch__.linear.linear(weights, name + ".up", form))
    self.down = __torch__.linear.linear(weights, name + ".down", form)

  def activate(self: __torch__.FeedForward, x: Tensor) -> Tensor:
    if self.gelu:
      return torch.gelu(x, approximate="tanh")
    return torch.silu(x)

  def forward(self: __torch__.FeedForward, x: Tensor, choice: __torch__.linear.Choice) -> Tensor:
    first = self.projections[0].forward(x, choice)
    if len(self.projections) == 1:
      gate, up = torch.chunk(first, 2, -1)
      return self.down.forward(self.activate(gate) * up, choice)
    return self.down.forward(self.activate(first) * self.projections[1].forward(x, choice), choice)


class Block:
  attention_norm : __torch__.RmsNorm
  attention : __torch__.attention.Attention
  ffn_norm : __torch__.RmsNorm
  ffn : __torch__.FeedForward
  # Norms of the outputs of attention and MLP; empty if the model has none.
  post_norms : List[__torch__.RmsNorm]

  def __init__(self: __torch__.Block, weights: Dict[str, Tensor], name: str, heads: int, groups: int, style: __torch__.Style, dtype: int, form: int) -> NoneType:
    self.attention_norm = __torch__.RmsNorm(weights, name + ".attention_norm", style, dtype)
    self.attention = __torch__.attention.Attention(weights, name + ".attention", heads, groups, style.eps, style.norm_offset, form)
    self.ffn_norm = __torch__.RmsNorm(weights, name + ".ffn_norm", style, dtype)
    self.ffn = __torch__.FeedForward(weights, name + ".ffn", style.gelu, form)
    self.post_norms = annotate(List[__torch__.RmsNorm], [])
    if name + ".attention_post_norm.weight" in weights:
      self.post_norms.append(__torch__.RmsNorm(weights, name + ".attention_post_norm", style, dtype))
      self.post_norms.append(__torch__.RmsNorm(weights, name + ".ffn_post_norm", style, dtype))

  # Changes x, the residual stream, in place.
  def forward(self: __torch__.Block, x: Tensor, cache: __torch__.attention.KvCache, layer: int, rows: __torch__.attention.Rows) -> NoneType:
    y = self.attention.forward(self.attention_norm.forward(x), cache, layer, rows)
    if len(self.post_norms) > 0:
      y = self.post_norms[0].forward(y)
    x.add_(y)
    y = self.ffn.forward(self.ffn_norm.forward(x), rows.at.choice)
    if len(self.post_norms) > 0:
      y = self.post_norms[1].forward(y)
    x.add_(y)


class Decoder:
  # In the stored type. Looked-up rows are cast to the type of the activations.
  embedding : Tensor
  dtype : int
  blocks : List[__torch__.Block]
  norm : __torch__.RmsNorm
  # Shares the embedding's weights if the checkpoint has no output layer.
  output : __torch__.linear.Linear
  heads : int
  groups : int
  style : __torch__.Style
  # The cache's type of keys and values.
  kv_dtype : int
  kinds : List[__torch__.attention.Kind]
  # The position axis of each rotated pair of a head; empty if there is one axis.
  axes : Tensor
  # The first of the layers whose attention is given to requests that ask for it.
  watched_from : int

  def __init__(self: __torch__.Decoder, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, style: __torch__.Style, kinds: List[__torch__.attention.Kind], axes: Tensor, watched_from: int, dtype: int, kv_dtype: int, form: int) -> NoneType:
    self.embedding = weights["embedding.weight"]
    self.dtype = dtype
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "layers.{}".format(i), heads, groups, style, dtype, form))
    self.norm = __torch__.RmsNorm(weights, "norm", style, dtype)
    output = self.embedding
    if "output.weight" in weights:
      output = weights.pop("output.weight")
    # The output layer is the most sensitive to quantisation, so it is not quantised to 4 bits.
    self.output = __torch__.linear.Linear(output, None, 1 if form == 3 else form)
    self.heads = heads
    self.groups = groups
    self.style = style
    self.kv_dtype = kv_dtype
    self.kinds = kinds
    self.axes = axes
    self.watched_from = watched_from

  # [tokens, width]
  def embed(self: __torch__.Decoder, ids: Tensor) -> Tensor:
    x = torch.to(torch.embedding(self.embedding, ids), self.dtype)
    if self.style.embedding_scale != 1.:
      # The scale is rounded to the type of the activations, as in the reference.
      return x * torch.full([1, 1], self.style.embedding_scale, dtype=self.dtype, device=ops.prim.device(x))
    return x

  # Embeds text tokens as rows of a prompt; the columns of the side inputs are 0: [tokens, (1 + side inputs) * width]
  def wide(self: __torch__.Decoder, ids: Tensor) -> Tensor:
    x = self.embed(ids)
    if self.style.side_inputs == 0:
      return x
    return torch.constant_pad_nd(x, [0, self.style.side_inputs * x.size(1)], 0.)

  # Hidden states [rows, width] -> logits [rows, vocabulary], float32
  def logits(self: __torch__.Decoder, x: Tensor) -> Tensor:
    return torch.to(self.output.plain(self.norm.forward(x)), 6)

  # rows: [rows, (1 + side inputs) * width], may be changed -> hidden states [rows, width]
  def forward(self: __torch__.Decoder, rows: Tensor, cache: __torch__.attention.KvCache, at: __torch__.attention.Places) -> Tensor:
    width = self.embedding.size(1)
    x = rows
    if self.style.side_inputs > 0:
      x = rows[:, :width].contiguous()
    seen = annotate(List[__torch__.attention.Rows], [])
    for kind in self.kinds:
      seen.append(__torch__.attention.Rows(cache, kind, self.axes, self.groups, at))
    i = 0
    for block in self.blocks:
      block.forward(x, cache, i, seen[self.style.kinds[i]])
      i += 1
      if i <= self.style.side_inputs:
        x.add_(rows[:, i * width:(i + 1) * width])
    return x


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # frequencies, lengths, windows: one for each kind of layers: [head width / 2], float32, radians per position for each rotated
  # pair; the absolute value of the rotation of queries and keys; the sliding window. dtype: type of the activations.
  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, frequencies: List[Tensor], lengths: List[float], windows: List[int], kinds: List[int], axes: List[int], context: int, eps: float, norm_offset: float, embedding_scale: float, gelu: bool, side_inputs: int, watched_from: int, dtype: int, kv_dtype: int, form: int) -> __torch__.Decoder:
    all = annotate(List[__torch__.attention.Kind], [])
    for i in range(len(frequencies)):
      all.append(__torch__.attention.Kind(frequencies[i], lengths[i], context, windows[i]))
    axis = torch.tensor(axes, dtype=4, device=ops.prim.device(frequencies[0]))
    style = __torch__.Style(eps, norm_offset, embedding_scale, gelu, kinds, side_inputs)
    return __torch__.Decoder(weights, layers, heads, groups, style, all, axis, watched_from, dtype, kv_dtype, form)

  # page, block: number of tokens of a page and of a block
  def cache(self: __torch__.Program, decoder: __torch__.Decoder, pages: int, page: int, block: int) -> __torch__.attention.KvCache:
    turn = decoder.kinds[0].turn
    like = torch.empty([0], dtype=decoder.kv_dtype, device=ops.prim.device(turn))
    return __torch__.attention.KvCache(len(decoder.blocks), pages, page, decoder.heads, 2 * turn.size(1), block, like)

  # Copies whole pages: to[i] receives the content of source[i]. All are read before any is written.
  def copy(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.attention.KvCache, source: Tensor, to: Tensor) -> NoneType:
    for flat in cache.flat:
      all = flat.view(2, cache.pages, -1)
      all.index_copy_(1, to, torch.index_select(all, 1, source))

  # Embeds a prompt of text and visual tokens. A segment without ids stands for the next visual tensor.
  # -> [prompt tokens, (1 + side inputs) * width]
  def embed(self: __torch__.Program, decoder: __torch__.Decoder, segments: List[Tensor], visual: List[Tensor]) -> Tensor:
    parts = annotate(List[Tensor], [])
    next = 0
    for ids in segments:
      if ids.numel() > 0:
        parts.append(decoder.wide(ids))
      else:
        parts.append(torch.to(visual[next], decoder.dtype))
        next += 1
    return torch.cat(parts)

  # One forward pass over prefill chunks (rows of `prompts[i]` from `first[i]` on), then the decode tokens `tokens`. See Places
  # for the other arguments; adapters and adapted are a Choice.
  # tables: the pages of each sequence, those of the chunks first; of: the sequence of each row
  # watched: rows whose attention is wanted too, see Watch
  # -> logits of the wanted rows: [wanted, vocabulary], float32; the weights of the watched rows, one after another
  def step(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.attention.KvCache, prompts: List[Tensor], first: List[int], counts: List[int], past: List[int], spans: List[int], longest: int, tokens: Tensor, tables: Tensor, of: Tensor, addresses: Tensor, positions: Tensor, adapters: List[int], adapted: List[Tensor], wanted: Tensor, watched: List[int]) -> Tuple[Tensor, Tensor]:
    parts = annotate(List[Tensor], [])
    for i in range(len(prompts)):
      parts.append(prompts[i][first[i]:first[i] + counts[i]])
    if tokens.numel() > 0:
      parts.append(decoder.wide(tokens))
    choice = __torch__.linear.Choice(adapters, adapted)
    watch = __torch__.attention.Watch(watched, decoder.watched_from)
    at = __torch__.attention.Places(tables[of], addresses, positions, counts, past, spans, longest, watch, choice)
    x = decoder.forward(torch.cat(parts), cache, at)
    if wanted.numel() == 0:
      return (torch.empty([0, decoder.embedding.size(0)]), watch.all(len(decoder.blocks)))
    if wanted.numel() < x.size(0):
      x = x[wanted]
    return (decoder.logits(x), watch.all(len(decoder.blocks)))

  # Logits after every row of one prompt, for tests and scoring: [rows, vocabulary], float32
  def score(self: __torch__.Program, decoder: __torch__.Decoder, prompt: Tensor, positions: Tensor, spans: List[int], page: int, block: int) -> Tensor:
    count = prompt.size(0)
    cache = self.cache(decoder, (count + page - 1) // page, page, block)
    addresses = torch.arange(count, device=ops.prim.device(prompt))
    tables = torch.arange(cache.pages, device=ops.prim.device(prompt)).expand([count, -1])
    choice = __torch__.linear.Choice(annotate(List[int], []), annotate(List[Tensor], []))
    watch = __torch__.attention.Watch(annotate(List[int], []), 0)
    at = __torch__.attention.Places(tables, addresses, positions, [count], [0], spans, 0, watch, choice)
    return decoder.logits(decoder.forward(prompt.clone(), cache, at))

  def select(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor) -> Tensor:
    return logits[rows]

  def argmax(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor) -> Tensor:
    return torch.argmax(logits, -1)

  # Largest logit of each row: [rows]. If a row contains a NaN, the result is NaN.
  def peaks(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor) -> Tensor:
    return torch.amax(logits, [-1])

  # Adjusts single logits in place. Entry i is for logits[rows[i], ids[i]]; each logit may occur at most once. A positive logit is
  # divided by repetition[i], a negative one is multiplied by it; then bias[i] is added.
  def adjust(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor, ids: Tensor, repetition: Tensor, bias: Tensor) -> NoneType:
    x = logits[rows, ids]
    logits[rows, ids] = torch.where(x > 0., x / repetition, x * repetition) + bias

  # Forbids, in place, all tokens that are not allowed. allowed[i] is for row rows[i]: [vocabulary], bool.
  def allow(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor, allowed: Tensor) -> NoneType:
    logits[rows] = torch.masked_fill(logits[rows], torch.logical_not(allowed), -float("inf"))

  # Log probabilities of one id in each of the rows, and of each row's most probable tokens.
  # -> [rows], [rows, top] ids, [rows, top]
  def logprobs(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, rows: Tensor, ids: Tensor, top: int) -> Tuple[Tensor, Tensor, Tensor]:
    all = torch.log_softmax(logits[rows], -1)
    best, best_ids = torch.topk(all, top)
    return torch.gather(all, 1, ids.unsqueeze(1)).squeeze(1), best_ids, best

  # See sampling.py. All arguments except the logits: [rows]
  def sample(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, temperature: Tensor, top_k: Tensor, top_p: Tensor, min_p: Tensor, share: Tensor) -> Tensor:
    return __torch__.sampling.sample(logits, temperature.unsqueeze(1), top_k.unsqueeze(1), top_p.unsqueeze(1), min_p.unsqueeze(1), share.unsqueeze(1))

  # The best continuations of all beams together: scores [beams] are sums of log probabilities so far.
  # -> [top] scores, [top] index into beams x vocabulary, best first
  def continue_beams(self: __torch__.Program, decoder: __torch__.Decoder, logits: Tensor, scores: Tensor, top: int) -> Tuple[Tensor, Tensor]:
    return torch.topk((torch.log_softmax(logits, -1) + scores.unsqueeze(1)).flatten(), top)
