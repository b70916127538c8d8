package dev.pargo.llm.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes answers like a model with random logits. */
final class RandomAnswer {

    private RandomAnswer() {}

    /** @return null if the answer has not ended after {@code most} tokens */
    static @Nullable String write(TokenConstraint constraint, Tokenizer tokenizer, Random random, int most) {
        int[] ids = tokens(constraint, tokenizer, random, most);
        return ids == null ? null : tokenizer.decode(ids);
    }

    /** @return null if the answer has not ended after {@code most} tokens */
    static int @Nullable [] tokens(TokenConstraint constraint, Tokenizer tokenizer, Random random, int most) {
        List<Integer> ids = new ArrayList<>();
        while (ids.size() < most) {
            BitSet allowed = constraint.allowed();
            assertThat(constraint.isComplete()).isEqualTo(allowed.isEmpty());
            if (allowed.isEmpty() || constraint.mayEnd() && random.nextInt(4) == 0) {
                assertThat(constraint.mayEnd()).isTrue();
                return ids.stream().mapToInt(i -> i).toArray();
            }
            // Short tokens are more likely, because otherwise strings would hardly ever end.
            int[] candidates = allowed.stream().toArray();
            int[] brief = IntStream.of(candidates)
                    .filter(id -> tokenizer.bytes(id).length == 1
                            && "{}[]:,\"019tfn".indexOf(tokenizer.bytes(id)[0]) >= 0)
                    .toArray();
            int[] from = brief.length > 0 && random.nextBoolean() ? brief : candidates;
            int id = from[random.nextInt(from.length)];
            constraint.accept(id);
            ids.add(id);
        }
        return null;
    }
}
