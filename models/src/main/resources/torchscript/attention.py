# Grouped-query attention with rotary embedding over a KV cache. Each prefill chunk is computed by itself; all single decode rows
# are computed together.

# Keys and values of every layer, in pages of a fixed number of tokens (PagedAttention, Kwon et al., SOSP 2023). A sequence's pages
# may lie anywhere; its table lists them in order. Within a page, keys are stored in blocks of tokens, as RaggedAttention needs them:
# a block holds dimension 0 of a head for all its tokens, then dimension 1, and so on. Values are stored token by token.
class KvCache:
  pages : int
  # Number of tokens of a page.
  page : int
  heads : int
  # Number of tokens of a block; divides those of a page.
  block : int
  width : int
  # All numbers of each layer in one tensor: its keys, then its values.
  flat : List[Tensor]
  # [pages * heads * blocks * width, block]
  keys : List[Tensor]
  # [pages * heads * page, width]
  values : List[Tensor]

  def __init__(self: __torch__.attention.KvCache, layers: int, pages: int, page: int, heads: int, width: int, block: int, like: Tensor) -> NoneType:
    self.pages = pages
    self.page = page
    self.heads = heads
    self.block = block
    self.width = width
    self.flat = annotate(List[Tensor], [])
    self.keys = annotate(List[Tensor], [])
    self.values = annotate(List[Tensor], [])
    for i in range(layers):
      flat = torch.new_empty(like, [2, pages * heads * page * width])
      self.flat.append(flat)
      self.keys.append(flat[0].view(-1, self.block))
      self.values.append(flat[1].view(-1, width))

  # Indices of the rows' keys and values in a layer's flat tensor: [rows, heads, 2, width]
  # tables: the pages of each row's sequence, [rows, pages of the longest sequence]
  def places(self: __torch__.attention.KvCache, tables: Tensor, addresses: Tensor) -> Tensor:
    device = ops.prim.device(addresses)
    own = torch.gather(tables, 1, (addresses // self.page).unsqueeze(1))
    head = (own * self.heads + torch.arange(self.heads, device=device)).unsqueeze(2)
    number = torch.arange(self.width, device=device)
    at = (addresses % self.page).view(-1, 1, 1)
    keys = ((head * (self.page // self.block) + at // self.block) * self.width + number) * self.block + at % self.block
    values = (self.pages * self.heads + head) * self.page + at
    return torch.stack([keys, values * self.width + number], 2)

  # Keys of the first tokens of a sequence: [1, heads, tokens, width]
  # table: its pages, at least as many as the tokens need
  def first_keys(self: __torch__.attention.KvCache, layer: int, table: Tensor, tokens: int) -> Tensor:
    all = self.keys[layer].view(self.pages, self.heads, -1, self.width, self.block)
    own = torch.index_select(all, 0, table[:(tokens + self.page - 1) // self.page])
    return own.permute(1, 0, 2, 4, 3).reshape(1, self.heads, -1, self.width)[:, :, :tokens]

  def first_values(self: __torch__.attention.KvCache, layer: int, table: Tensor, tokens: int) -> Tensor:
    all = self.values[layer].view(self.pages, self.heads, -1, self.width)
    own = torch.index_select(all, 0, table[:(tokens + self.page - 1) // self.page])
    return own.transpose(0, 1).reshape(1, self.heads, -1, self.width)[:, :, :tokens]


# Attention of single decode rows, for many sequences of different lengths at once. Each row attends to all tokens of its sequence
# up to itself. The scores of a block are the sum of its key rows weighted with the query. The output is the sum of the value rows
# weighted with the probabilities. Both are weighted sums of table rows, which libtorch computes with the fast kernels of one
# operation, the embedding bag. A batched matrix product would pad all sequences to the longest one; the embedding bag does not.
# Used on CPUs.
class RaggedAttention:
  # One bag for each row, query head and block of the longest row: the block's rows in the table of keys. The bag is empty if the
  # row does not have the block.
  key_rows : Tensor
  key_bags : Tensor
  # For each block that a row has: the index of the query that weights it. If some rows have fewer blocks than the longest,
  # `present` holds the blocks' indices in [rows, query heads, blocks of the longest row].
  queries : Tensor
  present : Optional[Tensor]
  # [rows, 1, tokens of the longest row's blocks]: true for tokens that are masked, after the row's own token or before its
  # window.
  unseen : Tensor
  # One bag for each row and query head: the tokens' rows in the table of values.
  value_rows : Tensor
  value_bags : Tensor

  # Takes the rows from `begin` on. A page has one block. tables: the pages of each row's sequence; tables, addresses: those of all
  # rows. window: number of tokens that a row attends to, including itself; 0 for all.
  def __init__(self: __torch__.attention.RaggedAttention, cache: __torch__.attention.KvCache, begin: int, tables: Tensor, addresses: Tensor, groups: int, window: int) -> NoneType:
    heads = cache.heads
    block = cache.block
    own = torch.to(addresses[begin:], 3).view(-1, 1, 1, 1, 1)
    rows = own.size(0)
    longest = int(torch.max(own)) // block + 1
    number = torch.arange(longest, dtype=3).view(1, 1, 1, longest, 1)
    there = number * block <= own
    if window > 0:
      there = torch.logical_and(there, (number + 1) * block > own - window + 1)
    bags = there.expand([rows, heads, groups, longest, 1]).reshape(-1)
    shape = [rows, heads, groups, longest, -1]
    pages = torch.to(tables[begin:, :longest], 3).view(rows, 1, 1, longest, 1)
    head = pages * heads + torch.arange(heads, dtype=3).view(1, heads, 1, 1, 1)

    key_rows = head * cache.width + torch.arange(cache.width, dtype=3)
    self.key_rows = torch.masked_select(key_rows.expand(shape), there)
    size = torch.to(bags, 3) * cache.width
    self.key_bags = torch.to(torch.cumsum(size, 0) - size, 3)

    present = torch.nonzero(bags).squeeze(1)
    query = present // longest
    self.queries = (query // groups + begin * heads) * (groups + 2) + query % groups
    self.present = annotate(Optional[Tensor], None)
    if present.size(0) < bags.numel():
      self.present = present

    # Masked tokens have probability 0. They refer to the values of the row's own token, because memory after it may be
    # uninitialized, for example NaN.
    position = number * block + torch.arange(block, dtype=3)
    unseen = position > own
    if window > 0:
      unseen = torch.logical_or(unseen, position <= own - window)
    self.unseen = unseen.view(rows, 1, -1)
    value_rows = head * block + (torch.minimum(position, own) - number * block)
    self.value_rows = torch.masked_select(value_rows.expand(shape), there)
    size = torch.sum(bags.view(-1, longest), [1]) * block
    self.value_bags = torch.to(torch.cumsum(size, 0) - size, 3)

  # qkv: those of all rows, see Attention. keys, values: those of one layer.
  # -> [rows, query heads * head width]
  def forward(self: __torch__.attention.RaggedAttention, qkv: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    queries = torch.index_select(qkv.view(-1, values.size(1)), 0, self.queries)
    scores, _0, _1, _2 = torch._embedding_bag_forward_only(keys, self.key_rows, self.key_bags, False, 0, False, queries.view(-1))
    rows = self.unseen.size(0)
    p = torch.softmax(torch.masked_fill(scores.view(rows, -1, self.unseen.size(2)), self.unseen, -float("inf")), -1)
    present = self.present
    if present is not None:
      p = torch.index_select(p.view(-1, keys.size(1)), 0, present)
    y, _3, _4, _5 = torch._embedding_bag_forward_only(values, self.value_rows, self.value_bags, False, 0, False, p.view(-1))
    return y.view(rows, -1)


# The same by libtorch's fused attention, which suits a GPU: the keys and values of all rows are gathered up to the end of the
# longest. The cache's blocks must have one token, so that a token's keys lie as its values do. Nothing here waits for the device.
class BatchedAttention:
  # The first row.
  begin : int
  heads : int
  groups : int
  # Rows of a layer's tables of keys and values: [rows * heads * tokens]. Masked tokens refer to the row's own token, because other
  # memory may be uninitialized, for example NaN.
  places : Tensor
  # [rows, 1, 1, tokens]: added to the scores; minus infinity for tokens after the row's own token or before its window.
  mask : Tensor

  # tokens: of the longest row, including itself. The other arguments are those of RaggedAttention.
  def __init__(self: __torch__.attention.BatchedAttention, cache: __torch__.attention.KvCache, begin: int, tables: Tensor, addresses: Tensor, groups: int, window: int, tokens: int) -> NoneType:
    device = ops.prim.device(addresses)
    self.begin = begin
    self.heads = cache.heads
    self.groups = groups
    own = addresses[begin:].view(-1, 1, 1, 1)
    # The kernels want a multiple of 16 tokens.
    position = torch.arange((tokens + 15) // 16 * 16, device=device)
    unseen = position > own
    if window > 0:
      unseen = torch.logical_or(unseen, position <= own - window)
    mask = torch.zeros(unseen.size(), dtype=ops.prim.dtype(cache.flat[0]), device=device)
    self.mask = torch.masked_fill(mask, unseen, -float("inf"))
    seen = torch.where(unseen, own, position).flatten(1)
    pages = torch.gather(tables[begin:], 1, seen // cache.page).unsqueeze(1)
    head = pages * cache.heads + torch.arange(cache.heads, device=device).view(1, -1, 1)
    self.places = (head * cache.page + (seen % cache.page).unsqueeze(1)).flatten()

  # -> [rows, query heads * head width]
  def forward(self: __torch__.attention.BatchedAttention, qkv: Tensor, cache: __torch__.attention.KvCache, layer: int) -> Tensor:
    q = torch.narrow(qkv[self.begin:], 2, 0, self.groups).flatten(-2)
    seen = torch.index_select(cache.flat[layer].view(2, -1, cache.width), 1, self.places)
    seen = seen.view(2, q.size(0), self.heads, -1, cache.width)
    return torch.scaled_dot_product_attention(q, seen[0], seen[1], self.mask, scale=1.).flatten(1)


# The attention of the layers of one kind.
class Kind:
  # [context, head width / 2], complex: the rotation of each pair at each position. Its absolute value scales queries and keys, so
  # the square of it is the scale of attention.
  turn : Tensor
  # Number of tokens that a row attends to, including itself; 0 for all up to itself.
  window : int

  # frequencies: [head width / 2], float32: radians per position for each rotated pair
  def __init__(self: __torch__.attention.Kind, frequencies: Tensor, length: float, context: int, window: int) -> NoneType:
    angles = torch.outer(torch.arange(context, dtype=6, device=ops.prim.device(frequencies)), frequencies)
    self.turn = torch.polar(torch.full_like(angles, length), angles)
    self.window = window


# The attention of single rows, for requests that ask for it: how much a row attends to each token of its sequence, the mean of all
# heads of the layers from the first on. It is computed beside the forward pass, for these rows only.
class Watch:
  rows : List[int]
  first : int
  # For each row: [tokens of its sequence up to itself], float32
  weights : List[Tensor]

  def __init__(self: __torch__.attention.Watch, rows: List[int], first: int) -> NoneType:
    self.rows = rows
    self.first = first
    self.weights = annotate(List[Tensor], [])

  # Adds a layer's share. tables, addresses, qkv: those of all rows of the step, keys and values being in the cache already.
  def see(self: __torch__.attention.Watch, qkv: Tensor, cache: __torch__.attention.KvCache, layer: int, groups: int, window: int, tables: Tensor, addresses: Tensor) -> NoneType:
    if layer >= self.first:
      for i in range(len(self.rows)):
        row = self.rows[i]
        tokens = int(addresses[row]) + 1
        q = torch.to(torch.narrow(qkv[row], 1, 0, groups).flatten(-2), 6)
        k = torch.to(cache.first_keys(layer, tables[row], tokens)[0], 6)
        scores = torch.matmul(q, k.transpose(-2, -1))
        if window > 0 and tokens > window:
          scores[:, :, :tokens - window] = -float("inf")
        share = torch.mean(torch.softmax(scores, -1), [0, 1])
        if layer == self.first:
          self.weights.append(share)
        else:
          self.weights[i].add_(share)

  # The weights of all rows, one after another. layers: number of all layers
  def all(self: __torch__.attention.Watch, layers: int) -> Tensor:
    if len(self.weights) == 0:
      return torch.empty([0])
    return torch.cat(self.weights) / (layers - self.first)


# Sequences and positions of the rows of one step: chunks of rows that attend together come first, then single rows.
class Places:
  # For each row: the pages of its sequence, its address in the sequence, and its position on each axis: [rows, pages of the longest
  # sequence], [rows], [axes, rows]
  tables : Tensor
  addresses : Tensor
  positions : Tensor
  # Of each chunk: number of rows, tokens already in the cache.
  counts : List[int]
  past : List[int]
  # Three numbers for each run of rows that attend to each other in both directions: index of the chunk, first row and row after
  # the last, counted within the chunk.
  spans : List[int]
  # Tokens that the longest single row attends to, including itself, if single rows use BatchedAttention; otherwise 0.
  longest : int
  watch : __torch__.attention.Watch
  # The rows that use an adapter.
  choice : __torch__.linear.Choice

  def __init__(self: __torch__.attention.Places, tables: Tensor, addresses: Tensor, positions: Tensor, counts: List[int], past: List[int], spans: List[int], longest: int, watch: __torch__.attention.Watch, choice: __torch__.linear.Choice) -> NoneType:
    self.tables = tables
    self.addresses = addresses
    self.positions = positions
    self.counts = counts
    self.past = past
    self.spans = spans
    self.longest = longest
    self.watch = watch
    self.choice = choice

  # Attention mask of a chunk, true where a row attends to a token: [count, past + count]
  def seen(self: __torch__.attention.Places, chunk: int, window: int) -> Tensor:
    count = self.counts[chunk]
    past = self.past[chunk]
    all = torch.ones([count, past + count], dtype=11, device=ops.prim.device(self.addresses))
    seen = torch.tril(all, past)
    if window > 0:
      seen = torch.logical_and(seen, torch.logical_not(torch.tril(all, past - window)))
    for i in range(len(self.spans) // 3):
      if self.spans[3 * i] == chunk:
        begin = self.spans[3 * i + 1]
        end = self.spans[3 * i + 2]
        seen[begin:end, past + begin:past + end] = True
    return seen


# What the layers of one kind need to know about the rows of one step.
class Rows:
  # [rows, 1, groups + 2, head width / 2], complex: rotation of queries and keys at their positions. For values it is 1.
  turn : Tensor
  # Indices of the rows' keys and values in the cache.
  places : Tensor
  # For each chunk: its first row, number of rows, number of tokens already in the cache, and attention mask [groups * rows, past +
  # rows].
  begins : List[int]
  counts : List[int]
  past : List[int]
  masks : List[Tensor]
  ragged : Optional[__torch__.attention.RaggedAttention]
  batched : Optional[__torch__.attention.BatchedAttention]
  at : __torch__.attention.Places
  window : int

  # axes: the position axis of each rotated pair, [head width / 2]; empty if there is one axis
  def __init__(self: __torch__.attention.Rows, cache: __torch__.attention.KvCache, kind: __torch__.attention.Kind, axes: Tensor, groups: int, at: __torch__.attention.Places) -> NoneType:
    if axes.numel() == 0:
      own = kind.turn[at.positions[0]].unsqueeze(1)
    else:
      own = torch.gather(kind.turn, 0, torch.index_select(at.positions, 0, axes).transpose(0, 1)).unsqueeze(1)
    self.turn = torch.cat([own.expand([-1, groups + 1, -1]), torch.ones_like(own)], 1).unsqueeze(1)
    self.places = cache.places(at.tables, at.addresses)
    self.at = at
    self.window = kind.window
    self.begins = annotate(List[int], [])
    self.counts = at.counts
    self.past = at.past
    self.masks = annotate(List[Tensor], [])
    begin = 0
    for i in range(len(at.counts)):
      self.masks.append(at.seen(i, kind.window).repeat([groups, 1]))
      self.begins.append(begin)
      begin += at.counts[i]
    self.ragged = annotate(Optional[__torch__.attention.RaggedAttention], None)
    self.batched = annotate(Optional[__torch__.attention.BatchedAttention], None)
    if begin < at.tables.size(0):
      if at.longest > 0:
        self.batched = __torch__.attention.BatchedAttention(cache, begin, at.tables, at.addresses, groups, kind.window, at.longest)
      else:
        self.ragged = __torch__.attention.RaggedAttention(cache, begin, at.tables, at.addresses, groups, kind.window)


# The rotary embedding rotates dimensions i and i + width / 2 of a head as a pair. Here the two are stored next to each other, in
# queries and in keys, so that a pair can be viewed as a complex number.
# [..., width] -> [..., width / 2, 2]
def pairs(x: Tensor) -> Tensor:
  return x.unflatten(-1, [2, -1]).transpose(-1, -2)


# Rows of one matrix, grouped by key/value head: for each head its queries in pairs, its key in pairs, and its value.
# q, k, v: [heads * n * width, ...]
def group_heads(q: Tensor, k: Tensor, v: Tensor, heads: int, groups: int) -> Tensor:
  width = v.size(0) // heads
  rows = annotate(List[Tensor], [])
  for part in [q, k]:
    rows.append(part.view(heads, -1, 2, width // 2, part.numel() // part.size(0)).transpose(2, 3).reshape(heads, -1, part.numel() // part.size(0)))
  rows.append(v.view(heads, width, -1))
  return torch.cat(rows, 1).flatten(0, 1)


# The same of a fused matrix, in which each key/value head has its queries, its key and its value.
def pair_fused(qkv: Tensor, heads: int, groups: int) -> Tensor:
  parts = torch.split(qkv.unflatten(0, [heads, groups + 2, -1]), [groups, 1, 1], 1)
  return __torch__.attention.group_heads(parts[0].flatten(0, 2), parts[1].flatten(0, 2), parts[2].flatten(0, 2), heads, groups)


# The updates of queries, keys and values for outputs in this order.
def paired_updates(weights: Dict[str, Tensor], name: str, heads: int, groups: int) -> __torch__.linear.Updates:
  updates = __torch__.linear.Updates()
  for adapter in range(__torch__.linear.adapters(weights)):
    if name + ".qkv.weight" in weights:
      update = __torch__.linear.update(weights, adapter, [name + ".qkv"])
      if len(update) > 0:
        update = [update[0], __torch__.attention.pair_fused(update[1], heads, groups)]
    else:
      update = __torch__.linear.update(weights, adapter, [name + ".q", name + ".k", name + ".v"])
      if len(update) > 0:
        update = [update[0], __torch__.attention.group_heads(update[1], update[2], update[3], heads, groups)]
    updates.append(update)
  return updates


class Attention:
  heads : int
  groups : int
  # One fused projection, grouped by group_heads or (if not paired) as in the checkpoint; or three, for q, k and v.
  projections : List[__torch__.linear.Linear]
  paired : bool
  out : __torch__.linear.Linear
  # Weights of the RMS norm of each head's queries and key; None if there is no norm: [1, 1, groups + 1, head width / 2, 2],
  # float32
  norm : Optional[Tensor]
  eps : float

  # offset: added to the weights of norms
  def __init__(self: __torch__.attention.Attention, weights: Dict[str, Tensor], name: str, heads: int, groups: int, eps: float, offset: float, form: int) -> NoneType:
    self.heads = heads
    self.groups = groups
    norm = annotate(Optional[Tensor], None)
    if name + ".q_norm.weight" in weights:
      q_norm = __torch__.attention.pairs(torch.to(weights[name + ".q_norm.weight"], 6) + offset)
      k_norm = __torch__.attention.pairs(torch.to(weights[name + ".k_norm.weight"], 6) + offset)
      norm = torch.cat([q_norm.unsqueeze(0).expand([groups, -1, -1]), k_norm.unsqueeze(0)]).unsqueeze(0).unsqueeze(0)
    self.norm = norm
    self.eps = eps
    self.projections = annotate(List[__torch__.linear.Linear], [])
    # Packed weights are copies in any case, so they are stored in paired order.
    self.paired = form > 0
    if self.paired:
      updates = __torch__.attention.paired_updates(weights, name, heads, groups)
      bias = annotate(Optional[Tensor], None)
      if name + ".qkv.weight" in weights:
        weight = __torch__.attention.pair_fused(weights.pop(name + ".qkv.weight"), heads, groups)
      else:
        weight = __torch__.attention.group_heads(weights.pop(name + ".q.weight"), weights.pop(name + ".k.weight"), weights.pop(name + ".v.weight"), heads, groups)
        if name + ".q.bias" in weights:
          grouped = __torch__.attention.group_heads(weights[name + ".q.bias"], weights[name + ".k.bias"], weights[name + ".v.bias"], heads, groups)
          bias = grouped.squeeze(1)
      self.projections.append(__torch__.linear.Linear(weight, bias, form))
      self.projections[0].updates = updates
    elif name + ".qkv.weight" in weights:
      self.projections.append(__torch__.linear.linear(weights, name + ".qkv", form))
    else:
      self.projections.append(__torch__.linear.linear(weights, name + ".q", form))
      self.projections.append(__torch__.linear.linear(weights, name + ".k", form))
      self.projections.append(__torch__.linear.linear(weights, name + ".v", form))
    self.out = __torch__.linear.linear(weights, name + ".out", form)

  # -> [rows, heads, groups + 2, head width / 2, 2]: for each key/value head its queries and its key in pairs, and its value.
  def project(self: __torch__.attention.Attention, x: Tensor, choice: __torch__.linear.Choice) -> Tensor:
    rows = x.size(0)
    first = self.projections[0].forward(x, choice)
    if self.paired:
      return first.view(rows, self.heads, self.groups + 2, -1, 2)
    if len(self.projections) == 1:
      q, k, v = torch.split(first.view(rows, self.heads, self.groups + 2, -1), [self.groups, 1, 1], 2)
    else:
      q = first.view(rows, self.heads, self.groups, -1)
      k = self.projections[1].forward(x, choice).view(rows, self.heads, 1, -1)
      v = self.projections[2].forward(x, choice).view(rows, self.heads, 1, -1)
    return torch.cat([__torch__.attention.pairs(q), __torch__.attention.pairs(k), v.unflatten(-1, [-1, 2])], 2)

  # Normalises queries and keys of the projected rows if the model has norms for them.
  def normed(self: __torch__.attention.Attention, projected: Tensor) -> Tensor:
    norm = self.norm
    if norm is None:
      return projected
    heads = torch.narrow(projected, 2, 0, self.groups + 1)
    scale = torch.rsqrt(torch.mean(heads * heads, [-2, -1], True) + self.eps)
    return torch.cat([heads * scale * norm, torch.narrow(projected, 2, self.groups + 1, 1)], 2)

  def forward(self: __torch__.attention.Attention, x: Tensor, cache: __torch__.attention.KvCache, layer: int, rows: __torch__.attention.Rows) -> Tensor:
    flat = cache.flat[layer]
    turned = torch.view_as_complex(self.normed(torch.to(self.project(x, rows.at.choice), 6))) * rows.turn
    qkv = torch.to(torch.view_as_real(turned), ops.prim.dtype(flat))
    flat.put_(rows.places, torch.narrow(qkv, 2, self.groups, 2))
    if len(rows.at.watch.rows) > 0:
      rows.at.watch.see(qkv, cache, layer, self.groups, rows.window, rows.at.tables, rows.at.addresses)
    outputs = annotate(List[Tensor], [])
    for i in range(len(rows.counts)):
      outputs.append(self.chunk(torch.narrow(qkv, 0, rows.begins[i], rows.counts[i]), cache, layer, rows, i, ops.prim.dtype(x)))
    ragged = rows.ragged
    if ragged is not None:
      outputs.append(torch.to(ragged.forward(qkv, cache.keys[layer], cache.values[layer]), ops.prim.dtype(x)))
    batched = rows.batched
    if batched is not None:
      outputs.append(torch.to(batched.forward(qkv, cache, layer), ops.prim.dtype(x)))
    attended = outputs[0]
    if len(outputs) > 1:
      attended = torch.cat(outputs)
    return self.out.forward(attended, rows.at.choice)

  # Attention of a chunk's rows. It is computed in the type of the activations, because a CPU has no fast matrix product for
  # float16.
  # -> [rows, query heads * head width]
  def chunk(self: __torch__.attention.Attention, qkv: Tensor, cache: __torch__.attention.KvCache, layer: int, rows: __torch__.attention.Rows, i: int, dtype: int) -> Tensor:
    count = rows.counts[i]
    tokens = rows.past[i] + count
    # Queries that share a key/value head are concatenated along the rows.
    q = torch.narrow(qkv, 2, 0, self.groups).flatten(-2).permute(1, 2, 0, 3).reshape(1, self.heads, self.groups * count, -1)
    table = rows.at.tables[rows.begins[i]]
    k = torch.to(cache.first_keys(layer, table, tokens), dtype)
    v = torch.to(cache.first_values(layer, table, tokens), dtype)
    y = torch.scaled_dot_product_attention(torch.to(q, dtype), k, v, rows.masks[i], scale=1.)
    return y.view(self.heads, self.groups, count, -1).permute(2, 0, 1, 3).reshape(count, -1)
