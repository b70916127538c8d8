package dev.pargo.llm.grpc;

import dev.pargo.llm.engine.Generator;
import dev.pargo.stage.call.CallTimer;
import dev.pargo.stage.call.ServedCall;
import io.grpc.Status;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the answers that a slow client has not read: its request is paused while too much is waiting, and ended if
 * that lasts, because a paused request keeps its place. Not thread-safe.
 */
final class SlowReader {

    private final ServedCall<?> call;
    private final CallTimer timer;
    private final AnswerLimits limits;
    private final UnreadAnswers all;
    private final UnreadAnswers.Share mine;
    private Generator.@Nullable Submission submission;
    private @Nullable Future<?> patience;

    SlowReader(ServedCall<?> call, CallTimer timer, AnswerLimits limits, UnreadAnswers all) {
        this.call = call;
        this.timer = timer;
        this.limits = limits;
        this.all = all;
        this.mine = all.open();
        call.whenOver(mine::close);
    }

    /** Sets what is paused. */
    void follow(Generator.Submission submitted) {
        submission = submitted;
    }

    /** @param waiting bytes that the client has not read */
    void update(long waiting) {
        mine.set(waiting);
        Generator.Submission submitted = submission;
        if (submitted == null) {
            return;
        }
        long most = limits.backlog().toBytes();
        if (patience == null && waiting > most && all.areTooMany()) {
            submitted.pause();
            patience = timer.after(limits.slowReader(), this::giveUp);
            Future<?> running = patience;
            call.whenOver(() -> running.cancel(false));
        } else if (patience != null && (waiting <= most / 2 || !all.areTooMany())) {
            patience.cancel(false);
            patience = null;
            submitted.resume();
        }
    }

    private void giveUp() {
        call.fail(Status.DEADLINE_EXCEEDED
                .withDescription("the answer was not read for %d s"
                        .formatted(limits.slowReader().toSeconds()))
                .asRuntimeException());
    }
}
