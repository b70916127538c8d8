package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.tokenizer.Detokenizer;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Creates the running group of a request: chooses how its sequences are decoded, and fills its slots. */
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

    /** A group that owns no slots yet. */
    RunningGroup create(SequenceGroup group) {
        return new RunningGroup(group, strategy(group.request()), System.nanoTime());
    }

    /** Copies to a leased slot the part of its content that another slot contains. */
    void copyPrefix(KvSlots.Lease lease) {
        if (lease.source() != lease.slot()) {
            cache.copy(new int[] {lease.source()}, new int[] {lease.slot()}, 0, lease.reusable());
        }
    }

    /**
     * The rows to read into a leased slot.
     *
     * @param ids ids of the tokens that the slot must contain after the group's prompt
     */
    Prefill prefill(RunningGroup group, int[] ids, KvSlots.Lease lease) {
        return new Prefill(lease.slot(), lm.embed(group.parts(ids)), lease.reusable(), group.rowsNeeded(ids));
    }

    private DecodingStrategy strategy(GenerationRequest request) {
        int room = cache.tokensPerSlot() - request.promptTokens();
        if (request.beams() != null) {
            BeamScorer scorer = new BeamScorer(request.beams(), request.stopIds());
            return new BeamSearchStrategy(scorer, request, room, detokenizer(request), cache);
        }
        List<Sequence> sequences = IntStream.range(0, request.slots())
                .mapToObj(index ->
                        new Sequence(index, request, room, detokenizer(request), constraint(request), promptLookup))
                .toList();
        return new SamplingStrategy(sequences, request.promptTokens(), cache);
    }

    private Detokenizer detokenizer(GenerationRequest request) {
        return request.continues() ? tokenizer.newDetokenizerInside() : tokenizer.newDetokenizer();
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
