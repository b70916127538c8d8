package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatChunk;
import dev.pargo.evaluation.client.ChatException;
import dev.pargo.evaluation.client.ChatRequest;
import dev.pargo.evaluation.client.StageTimes;
import dev.pargo.evaluation.client.TokenUsage;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends one streamed request and measures its times. Thread-safe. */
final class RequestTimer {

    private final Workload workload;
    private final Runnable progress;

    /**
     * @param progress called after every request
     */
    RequestTimer(Workload workload, Runnable progress) {
        this.workload = workload;
        this.progress = progress;
    }

    /** Sends the request with this number as the next turn of a conversation. Its time is measured from now. */
    Sample ask(TestedEndpoint target, int number, ConversationState conversation) {
        ChatRequest question = conversation.next(workload.question(target.model(), number));
        return ask(target, question, conversation, System.nanoTime());
    }

    /** Sends the request with this number. Its time is measured from when it was due. */
    Sample askDue(TestedEndpoint target, int number, long due) {
        return ask(target, workload.question(target.model(), number), new ConversationState(1), due);
    }

    private Sample ask(TestedEndpoint target, ChatRequest question, ConversationState conversation, long start) {
        Watch watch = new Watch();
        try {
            target.client().stream(question, watch::see);
            conversation.answered(watch.text.toString());
            return watch.sample(start, Sample.Outcome.ANSWERED, null);
        } catch (ChatException refusal) {
            Sample.Outcome outcome = refusal.isTemporary() ? Sample.Outcome.REFUSED : Sample.Outcome.FAILED;
            return watch.sample(start, outcome, refusal.getMessage());
        } catch (IOException e) {
            return watch.sample(start, Sample.Outcome.FAILED, e.getMessage());
        } finally {
            progress.run();
        }
    }

    /** The state of a stream so far. */
    private static final class Watch {

        private final StringBuilder text = new StringBuilder();
        private long firstToken;
        private int pieces;
        private Optional<TokenUsage> usage = Optional.empty();
        private Optional<StageTimes> stages = Optional.empty();

        void see(ChatChunk chunk) {
            if (!chunk.text().isEmpty() && pieces++ == 0) {
                firstToken = System.nanoTime();
            }
            text.append(chunk.text());
            usage = chunk.usage().or(() -> usage);
            stages = chunk.times().or(() -> stages);
        }

        Sample sample(long start, Sample.Outcome outcome, @Nullable String error) {
            long end = System.nanoTime();
            return new Sample(
                    start,
                    pieces == 0 ? end : firstToken,
                    end,
                    usage.map(TokenUsage::prompt).orElse(0),
                    usage.map(TokenUsage::cached).orElse(0),
                    usage.map(TokenUsage::completion).orElse(pieces),
                    stages,
                    outcome,
                    error);
        }
    }
}
