# The adapters that the rows of a step use: for each of `numbers` the indices of its rows.
class Choice:
  numbers : List[int]
  rows : List[Tensor]

  def __init__(self: __torch__.linear.Choice, numbers: List[int], rows: List[Tensor]) -> NoneType:
    self.numbers = numbers
    self.rows = rows


# Low-rank updates of a linear layer, one for each adapter: y + x A^T B^T for the rows that use it.
class Updates:
  # [r, inputs] and [outputs, r]; without elements if the adapter does not change the layer.
  a : List[Tensor]
  b : List[Tensor]

  def __init__(self: __torch__.linear.Updates) -> NoneType:
    self.a = annotate(List[Tensor], [])
    self.b = annotate(List[Tensor], [])

  # update: see below
  def append(self: __torch__.linear.Updates, update: List[Tensor]) -> NoneType:
    if len(update) == 0:
      self.a.append(torch.empty([0]))
      self.b.append(torch.empty([0]))
    else:
      self.a.append(update[0])
      self.b.append(torch.cat(update[1:]))

  # Changes y in place.
  def add(self: __torch__.linear.Updates, y: Tensor, x: Tensor, choice: __torch__.linear.Choice) -> Tensor:
    for i in range(len(choice.numbers)):
      a = self.a[choice.numbers[i]]
      if a.numel() > 0:
        rows = choice.rows[i]
        y.index_add_(0, rows, torch.linear(torch.linear(x[rows], a), self.b[choice.numbers[i]]))
    return y


# How many adapters there are. The entry "updates" has this number, and before it the type of the activations.
def adapters(weights: Dict[str, Tensor]) -> int:
  if "updates" in weights:
    return int(weights["updates"][1])
  return 0


# The update of one adapter for layers that are joined into one: A of all of them, then for each layer its B with a column for each
# row of A. Empty if the adapter changes none of the layers.
def update(weights: Dict[str, Tensor], adapter: int, names: List[str]) -> List[Tensor]:
  parts = annotate(List[Tensor], [])
  for name in names:
    key = "{}.update.{}".format(name, adapter)
    if key + ".a" in weights:
      parts.append(weights[key + ".a"])
  joined = annotate(List[Tensor], [])
  if len(parts) > 0:
    dtype = int(weights["updates"][0])
    a = torch.cat(parts)
    joined.append(torch.to(a, dtype))
    begin = 0
    for name in names:
      key = "{}.update.{}".format(name, adapter)
      if key + ".a" in weights:
        b = weights[key + ".b"] * weights[key + ".scale"]
        end = begin + b.size(1)
        b = torch.constant_pad_nd(b, [begin, a.size(0) - end], 0.)
        begin = end
      else:
        b = torch.zeros([weights[name + ".weight"].size(0), a.size(0)], device=ops.prim.device(a))
      joined.append(torch.to(b, dtype))
  return joined


# The updates of layers whose outputs are joined in this order. Call it before their weights are removed.
def joined_updates(weights: Dict[str, Tensor], names: List[str]) -> __torch__.linear.Updates:
  updates = __torch__.linear.Updates()
  for adapter in range(__torch__.linear.adapters(weights)):
    updates.append(__torch__.linear.update(weights, adapter, names))
  return updates


# A linear layer. The form says how its weights are stored. 0: as in the file, possibly as a view of the mapped file. 1: in
# oneDNN's blocked layout (bfloat16 on a CPU); this is a copy, but is read at memory bandwidth. A CPU whose instructions oneDNN
# cannot use for it keeps form 0. 2: in 8 bits with one scale for
# each output; activations are quantised dynamically. 3: in 4 bits with a scale and a minimum for each run of 32 inputs; if the
# number of inputs is not a multiple of 32, form 1 is used instead. The 4-bit kernel needs a multiple of 16 outputs, so missing
# outputs are filled with zeros. 4: as in the file, but matrices with the same input are joined, which is a copy.
class Linear:
  # Updates that requests choose from, in addition to the weights.
  updates : __torch__.linear.Updates
  form : int
  outputs : int
  weight : Tensor
  bias : Optional[Tensor]
  int8 : Optional[__torch__.int8.Matrix]
  # Scales of the 4-bit form: [inputs / 32, outputs, 2].
  scales : Tensor
  no_scalars : List[Optional[number]]

  def __init__(self: __torch__.linear.Linear, weight: Tensor, bias: Optional[Tensor], form: int) -> NoneType:
    if form == 3 and weight.size(1) % 32 != 0:
      form = 1
    if form == 1 and not ops.mkldnn._is_mkldnn_bf16_supported():
      form = 0
    self.updates = __torch__.linear.Updates()
    self.form = form
    self.outputs = weight.size(0)
    self.weight = weight
    self.bias = bias
    self.int8 = annotate(Optional[__torch__.int8.Matrix], None)
    self.scales = torch.empty([0])
    self.no_scalars = annotate(List[Optional[number]], [])
    if form == 1:
      self.weight = ops.mkldnn._reorder_linear_weight(weight, 1)
    if form == 2:
      self.int8 = __torch__.int8.Matrix(weight)
      self.weight = torch.empty([0])
      if bias is not None:
        self.bias = torch.to(bias, 6)
    if form == 3:
      # The float32 copy is large, so it is changed in place.
      wide = torch.to(weight, 6, False, True)
      if weight.size(0) % 16 != 0:
        wide = torch.constant_pad_nd(wide, [0, 0, 0, 16 - weight.size(0) % 16], 0.)
      runs = wide.unflatten(1, [-1, 32])
      least, most = torch.aminmax(runs, dim=2, keepdim=True)
      scale = torch.clamp((most - least) / 15., min=1e-12)
      numbers = torch.to(torch.round_(runs.sub_(least).div_(scale)), 3).flatten(1)
      self.weight = torch._convert_weight_to_int4pack_for_cpu(numbers, 1)
      self.scales = torch.to(torch.cat([scale, least + scale * 8.], 2).transpose(0, 1), 15).contiguous()

  # choice: the rows that use an update
  def forward(self: __torch__.linear.Linear, x: Tensor, choice: __torch__.linear.Choice) -> Tensor:
    return self.updates.add(self.plain(x), x, choice)

  def plain(self: __torch__.linear.Linear, x: Tensor) -> Tensor:
    int8 = self.int8
    if int8 is not None:
      return int8.product(x, self.bias)
    if self.form == 1:
      return ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", self.no_scalars, "")
    if self.form == 3:
      y = torch._weight_int4pack_mm_for_cpu(x, self.weight, 32, self.scales).narrow(1, 0, self.outputs)
      bias = self.bias
      if bias is not None:
        y.add_(bias)
      return y
    return torch.linear(x, self.weight, self.bias)


# Removes the weight from the dictionary, so that it is freed if the layer makes its own copy.
def linear(weights: Dict[str, Tensor], name: str, form: int) -> __torch__.linear.Linear:
  updates = __torch__.linear.joined_updates(weights, [name])
  layer = __torch__.linear.Linear(weights.pop(name + ".weight"), weights.get(name + ".bias"), form)
  layer.updates = updates
  return layer
