# Samples the next token of each row from its logits by inverting the cumulative distribution. So a row's token depends only on
# its own logits and random number, not on the other rows of the batch.

# The first column at which the cumulative weight exceeds the given share of the total. It never has weight 0.
# weights: [rows, columns]; share: [rows, 1] in [0, 1)
# -> [rows, 1]
def draw(weights: Tensor, share: Tensor) -> Tensor:
  cumulative = torch.cumsum(weights, -1)
  total = cumulative[:, -1:]
  passed = torch.logical_and(cumulative <= share * total, cumulative < total)
  return torch.sum(passed, [-1], True)


# Samples from the whole vocabulary, except tokens that are less than min_p times as probable as the most probable token.
def draw_from_all(scaled: Tensor, min_p: Tensor, share: Tensor) -> Tensor:
  p = torch.softmax(scaled, -1)
  least = min_p * torch.amax(p, [-1], True)
  return __torch__.sampling.draw(torch.masked_fill(p, p < least, 0.), share)


# Samples from the top_k most probable tokens, of these from the smallest set that reaches top_p, and of these as above with
# min_p. Only the `most` most probable tokens are ranked.
# -> tokens [rows, 1], and whether ranking that many tokens was enough [rows, 1]
def draw_from_best(scaled: Tensor, most: int, top_k: Tensor, top_p: Tensor, min_p: Tensor, share: Tensor) -> Tuple[Tensor, Tensor]:
  best, ids = torch.topk(scaled, most)
  rank = torch.arange(most, device=ops.prim.device(scaled)).unsqueeze(0)
  best = torch.masked_fill(best, torch.logical_and(top_k > 0, rank >= top_k), -float("inf"))
  left = torch.where(top_k > 0, torch.logsumexp(best, [-1], True), torch.logsumexp(scaled, [-1], True))
  p = torch.exp(best - left)
  cumulative = torch.cumsum(p, -1)
  found = torch.where(top_k > 0, top_k <= most, cumulative[:, -1:] >= top_p)
  # A token is kept if those before it have not reached top_p. The first is always kept.
  p = torch.masked_fill(p, cumulative - p >= top_p, 0.)
  p = torch.masked_fill(p, p < min_p * p[:, :1], 0.)
  return torch.gather(ids, 1, __torch__.sampling.draw(p, share)), found


# logits: [rows, vocabulary]; the other arguments: [rows, 1]. A temperature of 0 is greedy.
# -> [rows]
def sample(logits: Tensor, temperature: Tensor, top_k: Tensor, top_p: Tensor, min_p: Tensor, share: Tensor) -> Tensor:
  tokens = torch.argmax(logits, -1, True)
  scaled = logits / torch.clamp(temperature, min=1e-6)
  cuts = torch.logical_or(top_k > 0, top_p < 1.)
  draws = temperature > 0.
  all = torch.nonzero(torch.logical_and(draws, torch.logical_not(cuts)))[:, 0]
  if all.numel() > 0:
    tokens[all] = __torch__.sampling.draw_from_all(scaled[all], min_p[all], share[all])
  best = torch.nonzero(torch.logical_and(draws, cuts))[:, 0]
  # Sorting the whole vocabulary takes longer than a step of a small model. So only few tokens are ranked at first; rows for which
  # that was not enough are ranked again in full.
  most = min(256, logits.size(1))
  while best.numel() > 0:
    drawn, found = __torch__.sampling.draw_from_best(scaled[best], most, top_k[best], top_p[best], min_p[best], share[best])
    tokens[best] = drawn
    if most == logits.size(1):
      best = best[:0]
    else:
      best = best[torch.logical_not(found.squeeze(1))]
      most = logits.size(1)
  return tokens.squeeze(1)
