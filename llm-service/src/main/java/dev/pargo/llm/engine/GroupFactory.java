package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes a running group of a request: embeds its prompt and chooses how its sequences are decoded. */
final class GroupFactory {

    private final CausalLm lm;
    private final Tokenizer tokenizer;
    private final KvCache cache;
    private final boolean promptLookup;
    private final Executor maskExecutor;

    /** @param maskExecutor computes the masks of constrained answers */
    GroupFactory(CausalLm lm, Tokenizer tokenizer, KvCache cache, boolean promptLookup, Executor maskExecutor) {
        this.lm = lm;
        this.tokenizer = tokenizer;
        this.cache = cache;
        this.promptLookup = promptLookup;
        this.maskExecutor = maskExecutor;
    }

    /**
     * Starts a group. The prefix that another slot holds is copied to the group's first slot.
     *
     * @param own   the group's slots
     * @param lease of the first of them
     */
    RunningGroup start(SequenceGroup group, int[] own, KvSlots.Lease lease) {
        DecodingStrategy strategy = strategy(group.request(), own);
        if (lease.source() != lease.slot()) {
            cache.copy(new int[] {lease.source()}, new int[] {lease.slot()}, 0, lease.reusable());
        }
        PromptEmbedding prompt = lm.embed(group.request().prompt());
        return new RunningGroup(group, own, lease.reusable(), prompt, strategy, System.nanoTime());
    }

    private DecodingStrategy strategy(GenerationRequest request, int[] own) {
        int room = cache.tokensPerSlot() - request.promptTokens();
        if (request.beams() != null) {
            BeamScorer scorer = new BeamScorer(request.beams(), request.stopIds());
            return new BeamSearchStrategy(scorer, request, room, tokenizer.newDetokenizer(), own, cache);
        }
        List<Sequence> sequences = IntStream.range(0, own.length)
                .mapToObj(index -> new Sequence(
                        index, request, room, tokenizer.newDetokenizer(), constraint(request), promptLookup))
                .toList();
        return new SamplingStrategy(sequences, own, request.promptTokens(), cache);
    }

    private @Nullable PreparedConstraint constraint(GenerationRequest request) {
        if (request.constraint() == null) {
            return null;
        }
        return new PreparedConstraint(
                request.constraint().get(),
                Set.copyOf(request.stopIds()),
                lm.config().vocabulary(),
                maskExecutor);
    }
}
