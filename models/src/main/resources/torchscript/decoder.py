# Decoder-only transformer of the Llama family: pre-norm blocks with RMSNorm, rotary embedding, grouped-query attention
# and SwiGLU. One step runs any mix of prompt chunks and single tokens of many sequences: the linear layers see all rows
# at once, attention runs per sequence over its own slot of the KV cache.

# A linear layer, its weights in one of four forms: 0 as stored (which may be a view of the mapped file), 1 in oneDNN's
# blocked layout (bfloat16 on a CPU: reads at the memory's speed, but is a copy), 2 in 8 bits with one scale an output,
# its activations quantised as they come, 3 in 4 bits with a scale and a minimum for each run of 32 inputs, or like 1 where
# the inputs are no multiple of 32.
class Linear:
  form : int
  weight : Tensor
  bias : Optional[Tensor]
  int8 : Optional[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  # Of 4 bits: [inputs / 32, outputs, 2].
  scales : Tensor
  no_scalars : List[Optional[number]]

  def __init__(self: __torch__.Linear, weight: Tensor, bias: Optional[Tensor], form: int) -> NoneType:
    if form == 3 and weight.size(1) % 32 != 0:
      form = 1
    self.form = form
    self.weight = weight
    self.bias = bias
    self.int8 = annotate(Optional[__torch__.torch.classes.quantized.LinearPackedParamsBase], None)
    self.scales = weight
    self.no_scalars = annotate(List[Optional[number]], [])
    if form == 1:
      self.weight = ops.mkldnn._reorder_linear_weight(weight, 1)
    if form > 1:
      # Changed in place, for these are large.
      wide = torch.to(weight, 6, False, True)
      if form == 2:
        wide_bias = annotate(Optional[Tensor], None)
        if bias is not None:
          wide_bias = torch.to(bias, 6)
        least, most = torch.aminmax(wide, dim=1, keepdim=True)
        scale = torch.clamp(torch.maximum(most, -least) / 127., min=1e-12)
        numbers = torch.to(torch.round_(wide.div_(scale)), 1)
        zeros = torch.zeros([scale.size(0)], dtype=4)
        whole = torch._make_per_channel_quantized_tensor(numbers, torch.to(scale.squeeze(1), 7), zeros, 0)
        self.int8 = ops.quantized.linear_prepack(whole, wide_bias)
        self.weight = torch.empty([0])
      else:
        runs = wide.unflatten(1, [-1, 32])
        least, most = torch.aminmax(runs, dim=2, keepdim=True)
        scale = torch.clamp((most - least) / 15., min=1e-12)
        numbers = torch.to(torch.round_(runs.sub_(least).div_(scale)), 3).flatten(1)
        self.weight = torch._convert_weight_to_int4pack_for_cpu(numbers, 1)
        self.scales = torch.to(torch.cat([scale, least + scale * 8.], 2).transpose(0, 1), 15).contiguous()

  def forward(self: __torch__.Linear, x: Tensor) -> Tensor:
    packed = self.int8
    if packed is not None:
      return ops.quantized.linear_dynamic(x, packed, False)
    if self.form == 1:
      return ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", self.no_scalars, "")
    if self.form == 3:
      y = torch._weight_int4pack_mm_for_cpu(x, self.weight, 32, self.scales)
      bias = self.bias
      if bias is not None:
        y.add_(bias)
      return y
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


# Keys and values of every layer, laid out for RaggedAttention: keys in blocks of tokens, a head's first numbers of all of
# them together, then its second; values token by token.
class KvCache:
  slots : int
  heads : int
  blocks : int
  # Tokens of a block.
  block : int
  width : int
  # All numbers of a layer: its keys, then its values.
  flat : List[Tensor]
  # [slots * heads * blocks * width, block]
  keys : List[Tensor]
  # [slots * heads * blocks * block, width]
  values : List[Tensor]

  def __init__(self: __torch__.KvCache, layers: int, slots: int, heads: int, tokens: int, width: int, like: Tensor) -> NoneType:
    self.slots = slots
    self.heads = heads
    self.block = 64
    self.blocks = (tokens + self.block - 1) // self.block
    self.width = width
    self.flat = annotate(List[Tensor], [])
    self.keys = annotate(List[Tensor], [])
    self.values = annotate(List[Tensor], [])
    for i in range(layers):
      flat = torch.new_empty(like, [2, slots * heads * self.blocks * self.block * width])
      self.flat.append(flat)
      self.keys.append(flat[0].view(-1, self.block))
      self.values.append(flat[1].view(-1, width))

  # Where keys and values of positions stand in a layer's flat numbers: [rows, heads, 2, width]
  def places(self: __torch__.KvCache, slots: Tensor, positions: Tensor) -> Tensor:
    device = ops.prim.device(positions)
    head = (slots.unsqueeze(1) * self.heads + torch.arange(self.heads, device=device)).unsqueeze(2)
    number = torch.arange(self.width, device=device)
    at = positions.view(-1, 1, 1)
    keys = ((head * self.blocks + at // self.block) * self.width + number) * self.block + at % self.block
    values = ((self.slots + head // self.heads) * self.heads + head % self.heads) * self.blocks * self.block + at
    return torch.stack([keys, values * self.width + number], 2)

  # The first tokens of a slot: [1, heads, tokens, width]
  def slot_keys(self: __torch__.KvCache, layer: int, slot: int, tokens: int) -> Tensor:
    all = self.keys[layer].view(self.slots, self.heads, self.blocks, self.width, self.block)
    blocks = all[slot, :, :(tokens + self.block - 1) // self.block]
    return blocks.transpose(2, 3).flatten(1, 2).unsqueeze(0)[:, :, :tokens]

  def slot_values(self: __torch__.KvCache, layer: int, slot: int, tokens: int) -> Tensor:
    return self.values[layer].view(self.slots, 1, self.heads, -1, self.width)[slot, :, :, :tokens]


# Attention of single rows, each to all tokens of its slot up to its own, many rows and lengths at once. Scores are the rows
# of a block of keys weighted with the query; outputs are the rows of values weighted with the probabilities. Both are
# weighted sums of table rows, for which libtorch has one operation with fast kernels: an embedding bag. It skips what a
# shorter row has not got, where a batched matrix product would compute it.
class RaggedAttention:
  # A bag for each row, query head and block of the longest row: the block's rows in the table of keys.
  key_rows : Tensor
  key_bags : Tensor
  # Of the blocks that there are: whose query weights them, and, if some are missing, where they stand among the bags.
  queries : Tensor
  present : Optional[Tensor]
  # [rows, 1, tokens of the longest row's blocks]: positions behind the row's own.
  unseen : Tensor
  # A bag for each row and query head: the tokens' rows in the table of values.
  value_rows : Tensor
  value_bags : Tensor

  # The rows from `begin` on. slots, positions: of all rows.
  def __init__(self: __torch__.RaggedAttention, cache: __torch__.KvCache, begin: int, slots: Tensor, positions: Tensor, groups: int) -> NoneType:
    heads = cache.heads
    block = cache.block
    own = torch.to(positions[begin:], 3).view(-1, 1, 1, 1, 1)
    rows = own.size(0)
    longest = int(torch.max(own)) // block + 1
    number = torch.arange(longest, dtype=3).view(1, 1, 1, longest, 1)
    there = number * block <= own
    bags = there.expand([rows, heads, groups, longest, 1]).reshape(-1)
    shape = [rows, heads, groups, longest, -1]
    head = torch.to(slots[begin:], 3).view(-1, 1, 1, 1, 1) * heads + torch.arange(heads, dtype=3).view(1, heads, 1, 1, 1)

    key_rows = (head * cache.blocks + number) * cache.width + torch.arange(cache.width, dtype=3)
    self.key_rows = torch.masked_select(key_rows.expand(shape), there)
    size = torch.to(bags, 3) * cache.width
    self.key_bags = torch.to(torch.cumsum(size, 0) - size, 3)

    present = torch.nonzero(bags).squeeze(1)
    query = present // longest
    self.queries = (query // groups + begin * heads) * (groups + 2) + query % groups
    self.present = annotate(Optional[Tensor], None)
    if present.size(0) < bags.numel():
      self.present = present

    # Unseen positions have no probability; they look at the row's own token, for behind it anything may stand.
    position = number * block + torch.arange(block, dtype=3)
    self.unseen = (position > own).view(rows, 1, -1)
    value_rows = head * (cache.blocks * block) + torch.minimum(position, own)
    self.value_rows = torch.masked_select(value_rows.expand(shape), there)
    size = torch.sum(bags.view(-1, longest), [1]) * block
    self.value_bags = torch.to(torch.cumsum(size, 0) - size, 3)

  # qkv: of all rows, see Attention. keys, values: of a layer.
  # -> [rows, query heads * head width]
  def forward(self: __torch__.RaggedAttention, qkv: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    queries = torch.index_select(qkv.view(-1, values.size(1)), 0, self.queries)
    scores, _0, _1, _2 = torch._embedding_bag_forward_only(keys, self.key_rows, self.key_bags, False, 0, False, queries.view(-1))
    rows = self.unseen.size(0)
    p = torch.softmax(torch.masked_fill(scores.view(rows, -1, self.unseen.size(2)), self.unseen, -float("inf")), -1)
    present = self.present
    if present is not None:
      p = torch.index_select(p.view(-1, keys.size(1)), 0, present)
    y, _3, _4, _5 = torch._embedding_bag_forward_only(values, self.value_rows, self.value_bags, False, 0, False, p.view(-1))
    return y.view(rows, -1)


# The rows of one step: chunks of prompts, which attend as one, then single rows.
class Rows:
  # [rows, 1, groups + 2, head width / 2], complex: how queries and keys turn at their positions. Values stay.
  turn : Tensor
  # Where they go in the cache.
  places : Tensor
  # Of each chunk: slot, number of rows, tokens already in the cache, and [groups * rows, past + rows], who sees whom.
  slots : List[int]
  counts : List[int]
  past : List[int]
  masks : List[Tensor]
  singles : Optional[__torch__.RaggedAttention]

  # turn: [context, head width / 2]; row_slots, positions: [rows]
  def __init__(self: __torch__.Rows, cache: __torch__.KvCache, turn: Tensor, groups: int, row_slots: Tensor, positions: Tensor, slots: List[int], counts: List[int], past: List[int]) -> NoneType:
    own = turn[positions].unsqueeze(1)
    self.turn = torch.cat([own.expand([-1, groups + 1, -1]), torch.ones_like(own)], 1).unsqueeze(1)
    self.places = cache.places(row_slots, positions)
    self.slots = slots
    self.counts = counts
    self.past = past
    self.masks = annotate(List[Tensor], [])
    begin = 0
    for i in range(len(counts)):
      seen = torch.ones([counts[i], past[i] + counts[i]], dtype=11, device=ops.prim.device(positions))
      self.masks.append(torch.tril(seen, past[i]).repeat([groups, 1]))
      begin += counts[i]
    self.singles = annotate(Optional[__torch__.RaggedAttention], None)
    if begin < row_slots.size(0):
      self.singles = __torch__.RaggedAttention(cache, begin, row_slots, positions, groups)


# The rotary embedding turns number i of a head with number i + width / 2. Here such pairs stand next to each other, in
# queries and keys alike, so that they are complex numbers.
# [..., width] -> [..., width / 2, 2]
def pairs(x: Tensor) -> Tensor:
  return x.unflatten(-1, [2, -1]).transpose(-1, -2)


# Rows of one matrix grouped by key/value head: its queries in pairs, its key in pairs, its value.
# q, k, v: [heads * n * width, ...]
def group_heads(q: Tensor, k: Tensor, v: Tensor, heads: int, groups: int) -> Tensor:
  width = v.size(0) // heads
  rows = annotate(List[Tensor], [])
  for part in [q, k]:
    rows.append(part.view(heads, -1, 2, width // 2, part.numel() // part.size(0)).transpose(2, 3).reshape(heads, -1, part.numel() // part.size(0)))
  rows.append(v.view(heads, width, -1))
  return torch.cat(rows, 1).flatten(0, 1)


class Attention:
  heads : int
  groups : int
  # One projection, grouped by group_heads or (unpaired) by the checkpoint; or q, k and v.
  projections : List[__torch__.Linear]
  paired : bool
  out : __torch__.Linear

  def __init__(self: __torch__.Attention, weights: Dict[str, Tensor], name: str, heads: int, groups: int, form: int) -> NoneType:
    self.heads = heads
    self.groups = groups
    self.projections = annotate(List[__torch__.Linear], [])
    # Packed weights are copies anyway, so they may as well be in the order that suits.
    self.paired = form > 0
    if self.paired:
      bias = annotate(Optional[Tensor], None)
      if name + ".qkv.weight" in weights:
        parts = torch.split(weights[name + ".qkv.weight"].unflatten(0, [heads, groups + 2, -1]), [groups, 1, 1], 1)
        weight = __torch__.group_heads(parts[0].flatten(0, 2), parts[1].flatten(0, 2), parts[2].flatten(0, 2), heads, groups)
      else:
        weight = __torch__.group_heads(weights[name + ".q.weight"], weights[name + ".k.weight"], weights[name + ".v.weight"], heads, groups)
        if name + ".q.bias" in weights:
          grouped = __torch__.group_heads(weights[name + ".q.bias"], weights[name + ".k.bias"], weights[name + ".v.bias"], heads, groups)
          bias = grouped.squeeze(1)
      self.projections.append(__torch__.Linear(weight, bias, form))
    elif name + ".qkv.weight" in weights:
      self.projections.append(__torch__.linear(weights, name + ".qkv", form))
    else:
      self.projections.append(__torch__.linear(weights, name + ".q", form))
      self.projections.append(__torch__.linear(weights, name + ".k", form))
      self.projections.append(__torch__.linear(weights, name + ".v", form))
    self.out = __torch__.linear(weights, name + ".out", form)

  # [rows, heads, groups + 2, head width / 2, 2]: a key/value head's queries and its key in pairs, its value.
  def project(self: __torch__.Attention, x: Tensor) -> Tensor:
    rows = x.size(0)
    first = self.projections[0].forward(x)
    if self.paired:
      return first.view(rows, self.heads, self.groups + 2, -1, 2)
    if len(self.projections) == 1:
      q, k, v = torch.split(first.view(rows, self.heads, self.groups + 2, -1), [self.groups, 1, 1], 2)
    else:
      q = first.view(rows, self.heads, self.groups, -1)
      k = self.projections[1].forward(x).view(rows, self.heads, 1, -1)
      v = self.projections[2].forward(x).view(rows, self.heads, 1, -1)
    return torch.cat([__torch__.pairs(q), __torch__.pairs(k), v.unflatten(-1, [-1, 2])], 2)

  def forward(self: __torch__.Attention, x: Tensor, cache: __torch__.KvCache, layer: int, rows: __torch__.Rows) -> Tensor:
    flat = cache.flat[layer]
    turned = torch.view_as_complex(torch.to(self.project(x), 6)) * rows.turn
    qkv = torch.to(torch.view_as_real(turned), ops.prim.dtype(flat))
    flat.put_(rows.places, torch.narrow(qkv, 2, self.groups, 2))
    singles = rows.singles
    if singles is not None and len(rows.counts) == 0:
      return self.out.forward(torch.to(singles.forward(qkv, cache.keys[layer], cache.values[layer]), ops.prim.dtype(x)))
    outputs = annotate(List[Tensor], [])
    begin = 0
    for i in range(len(rows.counts)):
      outputs.append(self.chunk(torch.narrow(qkv, 0, begin, rows.counts[i]), cache, layer, rows, i, ops.prim.dtype(x)))
      begin += rows.counts[i]
    if singles is not None:
      outputs.append(torch.to(singles.forward(qkv, cache.keys[layer], cache.values[layer]), ops.prim.dtype(x)))
    return self.out.forward(torch.cat(outputs))

  # Attention of a chunk's rows, in the type of the activations: a CPU has no fast matrix products of float16.
  # -> [rows, query heads * head width]
  def chunk(self: __torch__.Attention, qkv: Tensor, cache: __torch__.KvCache, layer: int, rows: __torch__.Rows, i: int, dtype: int) -> Tensor:
    count = rows.counts[i]
    tokens = rows.past[i] + count
    # The queries that share a key/value head stand behind each other.
    q = torch.narrow(qkv, 2, 0, self.groups).flatten(-2).permute(1, 2, 0, 3).reshape(1, self.heads, self.groups * count, -1)
    k = torch.to(cache.slot_keys(layer, rows.slots[i], tokens), dtype)
    v = torch.to(cache.slot_values(layer, rows.slots[i], tokens), dtype)
    y = torch.scaled_dot_product_attention(torch.to(q, dtype), k, v, rows.masks[i], scale=1.)
    return y.view(self.heads, self.groups, count, -1).permute(2, 0, 1, 3).reshape(count, -1)


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
  def forward(self: __torch__.Block, x: Tensor, cache: __torch__.KvCache, layer: int, rows: __torch__.Rows) -> NoneType:
    x.add_(self.attention.forward(self.attention_norm.forward(x), cache, layer, rows))
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
  # Of keys and values in the cache.
  kv_dtype : int
  # [context, head width / 2], complex: by how much pairs turn at each position. Its length, once in the query and once in
  # the key, is attention's scale.
  turn : Tensor

  def __init__(self: __torch__.Decoder, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int, dtype: int, kv_dtype: int, form: int) -> NoneType:
    self.embedding = weights["embedding.weight"]
    self.dtype = dtype
    self.blocks = annotate(List[__torch__.Block], [])
    for i in range(layers):
      self.blocks.append(__torch__.Block(weights, "layers.{}".format(i), heads, groups, eps, dtype, form))
    self.norm = __torch__.RmsNorm(weights, "norm", eps, dtype)
    output = self.embedding
    if "output.weight" in weights:
      output = weights["output.weight"]
    # The most sensitive layer keeps its bits.
    self.output = __torch__.Linear(output, None, 1 if form == 3 else form)
    self.heads = heads
    self.groups = groups
    angles = torch.outer(torch.arange(context, dtype=6, device=ops.prim.device(frequencies)), frequencies)
    self.kv_dtype = kv_dtype
    self.turn = torch.polar(torch.full_like(angles, (2. * frequencies.size(0)) ** -0.25), angles)

  def embed(self: __torch__.Decoder, ids: Tensor) -> Tensor:
    return torch.to(torch.embedding(self.embedding, ids), self.dtype)

  # Hidden states [rows, width] -> logits [rows, vocabulary], float32
  def logits(self: __torch__.Decoder, x: Tensor) -> Tensor:
    return torch.to(self.output.forward(self.norm.forward(x)), 6)

  # x: embedded rows [rows, width], which become hidden states in place.
  def forward(self: __torch__.Decoder, x: Tensor, cache: __torch__.KvCache, rows: __torch__.Rows) -> NoneType:
    i = 0
    for block in self.blocks:
      block.forward(x, cache, i, rows)
      i += 1


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # frequencies: [head width / 2], float32: radians a position for each rotated pair. dtype: of the activations.
  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, heads: int, groups: int, eps: float, frequencies: Tensor, context: int, dtype: int, kv_dtype: int, form: int) -> __torch__.Decoder:
    return __torch__.Decoder(weights, layers, heads, groups, eps, frequencies, context, dtype, kv_dtype, form)

  def cache(self: __torch__.Program, decoder: __torch__.Decoder, slots: int, tokens: int) -> __torch__.KvCache:
    like = torch.empty([0], dtype=decoder.kv_dtype, device=ops.prim.device(decoder.turn))
    return __torch__.KvCache(len(decoder.blocks), slots, decoder.heads, tokens, 2 * decoder.turn.size(1), like)

  # Copies keys and values of positions [begin, end) between slots: to[i] gets those of source[i], all read before any is
  # written. Keys are copied by whole blocks, so the two slots agree before `begin`.
  def copy(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.KvCache, source: Tensor, to: Tensor, begin: int, end: int) -> NoneType:
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
  def step(self: __torch__.Program, decoder: __torch__.Decoder, cache: __torch__.KvCache, prompts: List[Tensor], first: List[int], slots: List[int], counts: List[int], past: List[int], tokens: Tensor, row_slots: Tensor, positions: Tensor, wanted: Tensor) -> Tensor:
    parts = annotate(List[Tensor], [])
    for i in range(len(prompts)):
      parts.append(prompts[i][first[i]:first[i] + counts[i]])
    if tokens.numel() > 0:
      parts.append(decoder.embed(tokens))
    x = torch.cat(parts)
    decoder.forward(x, cache, __torch__.Rows(cache, decoder.turn, decoder.groups, row_slots, positions, slots, counts, past))
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
    decoder.forward(x, cache, __torch__.Rows(cache, decoder.turn, decoder.groups, torch.zeros_like(positions), positions, [0], [count], [0]))
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
