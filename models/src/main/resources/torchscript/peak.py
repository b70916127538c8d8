# The largest speed of a linear layer: a product so large that nothing but its arithmetic counts.

class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # form: see linear.py. like: a tensor on the device
  def build(self: __torch__.Program, width: int, dtype: int, form: int, like: Tensor) -> __torch__.linear.Linear:
    return __torch__.linear.Linear(torch.rand([width, width], dtype=dtype, device=ops.prim.device(like)), None, form)

  def input(self: __torch__.Program, rows: int, width: int, dtype: int, like: Tensor) -> Tensor:
    return torch.rand([rows, width], dtype=dtype, device=ops.prim.device(like))

  # -> the product's first number; reading it waits for a GPU
  def multiply(self: __torch__.Program, layer: __torch__.linear.Linear, x: Tensor) -> Tensor:
    return torch.to(layer.plain(x)[0, 0], 6)
