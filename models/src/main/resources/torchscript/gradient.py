# Gradients of what another program computed outside of inference mode.

class Program(Module):
  __parameters__ = []
  __buffers__ = []

  # Copies that autograd follows.
  def leaf(self: __torch__.Program, x: Tensor) -> Tensor:
    return torch.requires_grad_(torch.clone(torch.detach(x)), True)

  # upstream: the gradient of a loss with respect to the output
  # -> its gradients with respect to the leaves; zeros for a leaf that the output does not depend on
  def gradients(self: __torch__.Program, output: Tensor, upstream: Tensor, leaves: List[Tensor]) -> List[Tensor]:
    upstreams = annotate(List[Optional[Tensor]], [upstream])
    found = torch.grad([output], leaves, upstreams, None, False, True)
    gradients = annotate(List[Tensor], [])
    for i in range(len(leaves)):
      gradient = found[i]
      if gradient is None:
        gradients.append(torch.zeros_like(leaves[i]))
      else:
        gradients.append(torch.contiguous(gradient))
    return gradients
