package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Executes a planned step: one forward pass, one sampling for the whole batch, then every group advances. */
final class StepExecutor {

    private final CausalLm lm;
    private final KvCache cache;

    StepExecutor(CausalLm lm, KvCache cache) {
        this.lm = lm;
        this.cache = cache;
    }

    /**
     * Executes a step.
     *
     * @return the groups that have failed, with the cause; if the forward pass or the sampling failed, all of the
     *     plan's, and none of them has advanced
     */
    Map<RunningGroup, RuntimeException> execute(StepPlan plan) {
        Map<RunningGroup, RuntimeException> failures = new IdentityHashMap<>();
        try (Logits logits = forward(plan)) {
            BitSet notFinite = logits.rows() == 0 ? new BitSet() : logits.notFinite();
            List<StepPlan.Part> sampled = new ArrayList<>();
            List<List<Sampler.Draw>> draws = new ArrayList<>();
            for (StepPlan.Part part : plan.parts()) {
                isolate(part, failures, () -> {
                    part.requireFinite(notFinite);
                    draws.add(part.draws());
                    sampled.add(part);
                });
            }
            List<Sampler.Drawn> drawn =
                    Sampler.run(logits, draws.stream().flatMap(List::stream).toList());
            int begin = 0;
            for (int i = 0; i < sampled.size(); i++) {
                StepPlan.Part part = sampled.get(i);
                int end = begin + draws.get(i).size();
                List<Sampler.Drawn> own = drawn.subList(begin, end);
                isolate(part, failures, () -> part.advance(logits, own));
                begin = end;
            }
        } catch (RuntimeException e) {
            plan.groups().forEach(group -> failures.put(group, e));
        }
        return failures;
    }

    private Logits forward(StepPlan plan) {
        cache.copy(plan.prepare());
        return lm.step(cache, plan.step());
    }

    /** What fails here concerns one group alone. */
    private static void isolate(StepPlan.Part part, Map<RunningGroup, RuntimeException> failures, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            failures.put(part.group(), e);
        }
    }
}
