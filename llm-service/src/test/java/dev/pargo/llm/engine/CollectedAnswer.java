package dev.pargo.llm.engine;

import dev.pargo.models.llm.SampleLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Collects the events of a generation. Its methods wait for the end. */
final class CollectedAnswer implements GenerationListener {

    private final List<Piece> pieces = new CopyOnWriteArrayList<>();
    private final CompletableFuture<GenerationSummary> end = new CompletableFuture<>();

    private final Runnable atFirstToken;
    private final Runnable atEachPiece;

    private volatile boolean started;

    volatile @Nullable SequenceGroup generation;

    CollectedAnswer() {
        this(() -> {});
    }

    /** @param atFirstToken runs on the engine's thread at the first token, before it continues */
    CollectedAnswer(Runnable atFirstToken) {
        this(atFirstToken, () -> {});
    }

    /** @param atEachPiece runs on the engine's thread too */
    CollectedAnswer(Runnable atFirstToken, Runnable atEachPiece) {
        this.atFirstToken = atFirstToken;
        this.atEachPiece = atEachPiece;
    }

    @Override
    public void onStarted() {
        if (started || !pieces.isEmpty() || end.isDone()) {
            throw new AssertionError("started late or twice");
        }
        started = true;
    }

    @Override
    public void onText(Piece piece) {
        pieces.add(piece);
        if (pieces.size() == 1) {
            atFirstToken.run();
        }
        atEachPiece.run();
    }

    @Override
    public void onFinished(GenerationSummary summary) {
        if (!end.complete(summary)) {
            throw new AssertionError("a second end");
        }
    }

    @Override
    public void onFailed(RuntimeException failure) {
        if (!end.completeExceptionally(failure)) {
            throw new AssertionError("a second end");
        }
    }

    boolean isOver() {
        return end.isDone();
    }

    /** Waits for the end, with or without an error. */
    void end() {
        try {
            end.handle((summary, failure) -> true).get(120, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError("no end", e);
        }
    }

    GenerationSummary summary() {
        try {
            return end.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    Throwable failure() {
        try {
            throw new AssertionError("no failure but " + end.get(120, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no end", e);
        }
    }

    /** The text of all choices so far. */
    List<Piece> pieces() {
        return List.copyOf(pieces);
    }

    private List<Piece> pieces(int choice) {
        summary();
        return pieces.stream().filter(piece -> piece.choice() == choice).toList();
    }

    List<Integer> ids() {
        return ids(0);
    }

    List<Integer> ids(int choice) {
        List<Integer> ids = new ArrayList<>();
        pieces(choice).forEach(piece -> Arrays.stream(piece.ids()).forEach(ids::add));
        return ids;
    }

    List<SampleLogprobs> logprobs() {
        return pieces(0).stream().flatMap(piece -> piece.logprobs().stream()).toList();
    }

    /** Weights of the visual tokens, for each token of the answer. */
    List<float[]> attention() {
        return pieces(0).stream().flatMap(piece -> piece.attention().stream()).toList();
    }

    String text() {
        return text(0);
    }

    String text(int choice) {
        StringBuilder text = new StringBuilder();
        pieces(choice).forEach(piece -> text.append(piece.text()));
        return text.toString();
    }

    @Nullable
    StopReason reason() {
        List<Piece> all = pieces(0);
        return all.get(all.size() - 1).reason();
    }
}
