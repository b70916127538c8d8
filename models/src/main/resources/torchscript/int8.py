# Products with matrices in 8 bits: one scale for each output; activations are quantised dynamically, each row with a scale of its own.

# Whether the 8-bit kernel adds products in 16 bits, which overflow unless activations have only 7 bits. It does on a CPU without
# VNNI. Here the sum is 64, or half of it after an overflow.
def saturates() -> bool:
  numbers = torch.to(torch.full([16, 64], 127.), 1)
  scales = torch.full([16], 1. / 127., dtype=7)
  zeros = torch.zeros([16], dtype=4)
  ones = torch._make_per_channel_quantized_tensor(numbers, scales, zeros, 0)
  packed = ops.quantized.linear_prepack(ones, annotate(Optional[Tensor], None))
  sums = ops.quantized.linear_dynamic(torch.ones([1, 64]), packed, False)
  return float(torch.min(sums)) < 60.


# The largest absolute value of each row: [..., width] -> [..., 1]. Norms and aminmax of rows are the same, but a CPU computes them
# one number at a time.
def largest(x: Tensor) -> Tensor:
  return torch.maximum(torch.amax(x, [-1], True), torch.neg(torch.amin(x, [-1], True)))


# A matrix [outputs, inputs] in 8 bits.
class Matrix:
  packed : __torch__.torch.classes.quantized.LinearPackedParamsBase
  # Activations are quantised to this many steps on each side of zero: 127, or 63 where 8 bits would overflow.
  steps : int

  def __init__(self: __torch__.int8.Matrix, weight: Tensor) -> NoneType:
    self.steps = 63 if __torch__.int8.saturates() else 127
    # The float32 copy is large, so it is changed in place.
    wide = torch.to(weight, 6, False, True)
    scale = torch.clamp(__torch__.int8.largest(wide) / 127., min=1e-12)
    numbers = torch.to(torch.round_(wide.div_(scale)), 1)
    zeros = torch.zeros([scale.size(0)], dtype=4)
    whole = torch._make_per_channel_quantized_tensor(numbers, torch.to(scale.squeeze(1), 7), zeros, 0)
    self.packed = ops.quantized.linear_prepack(whole, annotate(Optional[Tensor], None))

  # The kernel takes one scale for all activations. Each row is divided by its largest absolute value first, so that a row's result
  # does not depend on the other rows. The range -1 to 1 is then quantised symmetrically.
  # x: [..., inputs], float32 -> [..., outputs]
  def product(self: __torch__.int8.Matrix, x: Tensor, bias: Optional[Tensor]) -> Tensor:
    steps = self.steps
    if x.numel() == x.size(-1):
      bound = max(float(__torch__.int8.largest(x)), 1e-12)
      y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(x, bound / float(steps), steps + 1, self.packed)
      if bias is not None:
        y.add_(bias)
      return y
    largest = __torch__.int8.largest(x).clamp_min_(1e-12)
    y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.div(x, largest), 1. / float(steps), steps + 1, self.packed)
    if bias is not None:
      return torch.addcmul(bias, y, largest)
    return y.mul_(largest)
