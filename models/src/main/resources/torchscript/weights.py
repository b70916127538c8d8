# Loads weights. Files are memory-mapped, tensors are views into them, and weights are copied only where needed. dtype arguments
# are torch's ScalarType numbers.

class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def map(self: __torch__.Program, path: str, n: int, dtype: int) -> Tensor:
    # A private mapping (not shared), so that a write to a weight cannot change the file.
    return torch.from_file(path, False, n, dtype=dtype)

  def cut(self: __torch__.Program, run: Tensor, shape: List[int], strides: List[int], offset: int) -> Tensor:
    return torch.as_strided(run, shape, strides, offset)

  def empty(self: __torch__.Program, n: int, dtype: int) -> Tensor:
    return torch.empty([n], dtype=dtype)

  def fill(self: __torch__.Program, run: Tensor, start: int, values: Tensor) -> Tensor:
    return torch.slice(run, 0, start, start + values.size(0)).copy_(values)

  # A copy on the device of another tensor.
  def place(self: __torch__.Program, x: Tensor, like: Tensor) -> Tensor:
    return torch.to(x, ops.prim.device(like), ops.prim.dtype(x), False, True)

  def cast(self: __torch__.Program, x: Tensor, dtype: int) -> Tensor:
    return torch.to(x, dtype)

  # initialisation: 0 none, 1 PiSSA, 2 OLoRA, see LoraInitialisation. magnitudes: one tensor for DoRA, else empty.
  def merge(self: __torch__.Program, w: Tensor, a: Tensor, b: Tensor, magnitudes: List[Tensor], scale: float, initialisation: int) -> Tensor:
    base = torch.to(w, 6)
    r = a.size(0)
    if initialisation == 1:
      u, s, v = torch.linalg_svd(base, False)
      largest = torch.mul(torch.slice(u, 1, 0, r), torch.slice(s, 0, 0, r))
      base = torch.sub(base, torch.mm(largest, torch.slice(v, 0, 0, r)))
    if initialisation == 2:
      # The first r columns of Q in W = Q R need the first r columns of W only, and R = Q^T W.
      q, _ = torch.linalg_qr(torch.slice(base, 1, 0, r))
      base = torch.addmm(base, q, torch.mm(torch.t(q), base), beta=1, alpha=-scale)
    sum = torch.addmm(base, torch.to(b, 6), torch.to(a, 6), beta=1, alpha=scale)
    if len(magnitudes) == 0:
      return sum
    lengths = torch.linalg_vector_norm(sum, 2, [1], True)
    return torch.mul(sum, torch.div(torch.to(magnitudes[0], 6).unsqueeze(1), lengths))
