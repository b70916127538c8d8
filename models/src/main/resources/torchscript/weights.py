# Loading of weights: files are mapped, tensors are cut out of them, and changed only where they must be.
# dtype arguments are torch's ScalarType numbers.

class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def map(self: __torch__.Program, path: str, n: int, dtype: int) -> Tensor:
    # Not shared, so a private mapping: writing to a weight could never reach the file.
    return torch.from_file(path, False, n, dtype=dtype)

  def cut(self: __torch__.Program, run: Tensor, shape: List[int], strides: List[int], offset: int) -> Tensor:
    return torch.as_strided(run, shape, strides, offset)

  def empty(self: __torch__.Program, n: int, dtype: int) -> Tensor:
    return torch.empty([n], dtype=dtype)

  def fill(self: __torch__.Program, run: Tensor, start: int, values: Tensor) -> Tensor:
    return torch.slice(run, 0, start, start + values.size(0)).copy_(values)

  def cast(self: __torch__.Program, x: Tensor, dtype: int) -> Tensor:
    return torch.to(x, dtype)

  def merge(self: __torch__.Program, w: Tensor, a: Tensor, b: Tensor, scale: float) -> Tensor:
    return torch.addmm(torch.to(w, 6), torch.to(b, 6), torch.to(a, 6), beta=1, alpha=scale)
