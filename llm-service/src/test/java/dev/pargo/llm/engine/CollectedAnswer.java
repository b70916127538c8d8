package dev.pargo.llm.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Collects what a generation says; its methods wait for the end. */
final class CollectedAnswer implements GenerationListener {

    private final List<Piece> pieces = new CopyOnWriteArrayList<>();
    private final CompletableFuture<GenerationSummary> end = new CompletableFuture<>();

    @Override
    public void onText(Piece piece) {
        pieces.add(piece);
    }

    @Override
    public void onFinished(GenerationSummary summary) {
        end.complete(summary);
    }

    @Override
    public void onFailed(RuntimeException failure) {
        end.completeExceptionally(failure);
    }

    GenerationSummary summary() {
        try {
            return end.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no end", e);
        }
    }

    List<Piece> pieces(int choice) {
        summary();
        return pieces.stream().filter(piece -> piece.choice() == choice).toList();
    }

    List<Integer> ids(int choice) {
        List<Integer> ids = new ArrayList<>();
        pieces(choice).forEach(piece -> Arrays.stream(piece.ids()).forEach(ids::add));
        return ids;
    }

    String text(int choice) {
        StringBuilder text = new StringBuilder();
        pieces(choice).forEach(piece -> text.append(piece.text()));
        return text.toString();
    }
}
