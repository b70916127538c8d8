# Projectors without queries: neighbouring patches are joined, followed by linear layers with exact GELU between them.
# Reference: encode_img of ParGo's code; if one patch is joined at a time, LLaVA-1.5's multi_modal_projector.

class Projector:
  feature_norm : Optional[__torch__.nn.LayerNorm]
  joined : int
  layers : List[__torch__.nn.Linear]

  def __init__(self: __torch__.Projector, weights: Dict[str, Tensor], layers: int, joined: int, feature_eps: float) -> NoneType:
    feature_norm = annotate(Optional[__torch__.nn.LayerNorm], None)
    if "ln_vision.weight" in weights:
      feature_norm = __torch__.nn.LayerNorm(weights, "ln_vision", feature_eps)
    self.feature_norm = feature_norm
    self.joined = joined
    self.layers = annotate(List[__torch__.nn.Linear], [])
    for i in range(layers):
      self.layers.append(__torch__.nn.linear(weights, "layers.{}".format(i)))

  def forward(self: __torch__.Projector, features: List[Tensor]) -> Tensor:
    x = torch.stack([torch.to(image, ops.prim.dtype(self.layers[0].weight)) for image in features])
    norm = self.feature_norm
    if norm is not None:
      x = norm.forward(x)
    x = x.reshape(x.size(0), x.size(1) // self.joined, -1)
    x = self.layers[0].forward(x)
    for i in range(1, len(self.layers)):
      x = self.layers[i].forward(torch.gelu(x))
    return x


class Program(Module):
  __parameters__ = []
  __buffers__ = []

  def build(self: __torch__.Program, weights: Dict[str, Tensor], layers: int, joined: int, feature_eps: float) -> __torch__.Projector:
    return __torch__.Projector(weights, layers, joined, feature_eps)

  # features: for each image [patches, encoder width] -> visual tokens: [batch, patches / joined, LLM width]
  def project(self: __torch__.Program, projector: __torch__.Projector, features: List[Tensor], numbers: List[int]) -> Tensor:
    return projector.forward(features)
