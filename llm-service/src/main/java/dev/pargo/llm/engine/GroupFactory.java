package dev.pargo.llm.engine;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.tokenizer.Detokenizer;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Creates the running group of a request: chooses how its sequences are decoded. */
final class GroupFactory {

    private final CausalLm lm;
    private final Tokenizer tokenizer;
    private final KvBudget budget;
    private final boolean promptLookup;
    private final Executor maskExecutor;

    /** @param maskExecutor computes the masks of constrained answers */
    GroupFactory(CausalLm lm, Tokenizer tokenizer, KvBudget budget, boolean promptLookup, Executor maskExecutor) {
        this.lm = lm;
        this.tokenizer = tokenizer;
        this.budget = budget;
        this.promptLookup = promptLookup;
        this.maskExecutor = maskExecutor;
    }

    /** A group that has no pages yet. */
    RunningGroup create(SequenceGroup group) {
        SortedMap<Integer, BlockTable> tables = new TreeMap<>();
        return new RunningGroup(group, tables, strategy(group.request(), tables), System.nanoTime());
    }

    /** The rows of a content. The caller closes them. */
    PromptEmbedding embed(TableContent content) {
        return lm.embed(content.parts());
    }

    /** From where a content can be read if the rows before this one are there. */
    int chunkBegin(TableContent content, int from) {
        return lm.chunkBegin(content.parts(), from);
    }

    private DecodingStrategy strategy(GenerationRequest request, SortedMap<Integer, BlockTable> tables) {
        int room = budget.room(request);
        if (request.beams() != null) {
            BeamScorer scorer = new BeamScorer(request.beams(), request.stopIds());
            return new BeamSearchStrategy(scorer, request, room, detokenizer(request), tables);
        }
        List<Sequence> sequences = IntStream.range(0, request.sequences())
                .mapToObj(index ->
                        new Sequence(index, request, room, detokenizer(request), constraint(request), promptLookup))
                .toList();
        return new SamplingStrategy(sequences, request.promptTokens(), tables);
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
