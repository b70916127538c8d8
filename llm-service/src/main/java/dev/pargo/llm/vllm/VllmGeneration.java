package dev.pargo.llm.vllm;

import dev.pargo.llm.engine.GenerationListener;
import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.GenerationSummary;
import dev.pargo.llm.engine.Generator;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.service.failure.FailureLine;
import io.grpc.Status;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A request on its way through the server: a stream for each of its answers. It ends exactly once: finished, failed, or
 * cancelled, and then all its streams are closed.
 *
 * <p>{@link #cancel}, {@link #pause} and {@link #resume} take no lock that is held while the listener is called,
 * because the listener's own locks may be held around them.
 */
final class VllmGeneration implements Generator.Submission {

    private static final Logger log = LoggerFactory.getLogger(VllmGeneration.class);

    private static final int OK = 200;

    private final GenerationRequest request;
    private final GenerationListener listener;
    private final Executor executor;
    private final Consumer<VllmGeneration> whenOver;
    private final List<Stream> streams = new ArrayList<>();
    private final long submitted = System.nanoTime();
    private volatile boolean over;

    // Guarded by this.
    private long started;
    private long firstToken;
    private long lastToken;
    private int open;

    private volatile int tokens;
    private volatile int cachedTokens;

    /**
     * @param limit    most tokens of an answer
     * @param executor resumes streams
     * @param whenOver called once, however the request ends
     */
    VllmGeneration(
            GenerationRequest request,
            GenerationListener listener,
            Tokenizer tokenizer,
            int limit,
            Executor executor,
            Consumer<VllmGeneration> whenOver) {
        this.request = request;
        this.listener = listener;
        this.executor = executor;
        this.whenOver = whenOver;
        this.open = request.choices();
        for (int i = 0; i < request.choices(); i++) {
            streams.add(new Stream(new RemoteAnswer(i, request, limit, tokenizer)));
        }
    }

    /** Sends the request. */
    void send(VllmServer server, CompletionRequest completion) {
        Duration left = Duration.ofNanos(Math.max(1, request.deadline() - System.nanoTime()));
        for (int i = 0; i < streams.size() && !over; i++) {
            Stream stream = streams.get(i);
            CompletableFuture<HttpResponse<Void>> exchange = server.complete(completion.body(i), left, stream::accept);
            stream.exchange = exchange;
            exchange.whenComplete((response, failure) -> {
                if (failure != null) {
                    stream.onLost(VllmServer.reason(failure));
                }
            });
        }
        if (over) {
            close();
        }
    }

    @Override
    public void cancel() {
        end();
    }

    @Override
    public void pause() {
        streams.forEach(stream -> stream.events.pause());
    }

    @Override
    public void resume() {
        // On another thread, because a resumed stream may call the listener at once.
        streams.forEach(stream -> executor.execute(stream.events::resume));
    }

    /** Fails the request, unless it is over. */
    void fail(RuntimeException failure) {
        if (over) {
            return;
        }
        synchronized (this) {
            if (end()) {
                tell(() -> listener.onFailed(failure));
            }
        }
    }

    void expire() {
        fail(Status.DEADLINE_EXCEEDED
                .withDescription("The answer was not complete in time.")
                .asRuntimeException());
    }

    /** Tokens of all answers so far. */
    int tokens() {
        return tokens;
    }

    /** Tokens of the prompt that were in the server's KV cache, if it says so. */
    int cachedTokens() {
        return cachedTokens;
    }

    GenerationRequest request() {
        return request;
    }

    /** Nanoseconds since it was submitted. */
    long age() {
        return System.nanoTime() - submitted;
    }

    private boolean end() {
        synchronized (streams) {
            if (over) {
                return false;
            }
            over = true;
        }
        close();
        whenOver.accept(this);
        return true;
    }

    private void close() {
        streams.forEach(Stream::close);
    }

    private synchronized void start() {
        if (!over && started == 0) {
            started = System.nanoTime();
            tell(listener::onStarted);
        }
    }

    /** Call it with the lock held. */
    private void write(RemoteAnswer answer, CompletionEvent event) throws VllmException {
        if (event.cachedTokens() != null) {
            cachedTokens = Math.max(cachedTokens, event.cachedTokens());
        }
        @Nullable Piece piece = answer.take(event);
        if (piece != null) {
            tokens += piece.ids().length;
            lastToken = System.nanoTime();
            firstToken = firstToken == 0 ? lastToken : firstToken;
            tell(() -> listener.onText(piece));
        }
    }

    /** An answer is complete. Call it with the lock held. */
    private void finish() {
        open--;
        if (open == 0) {
            GenerationSummary summary = new GenerationSummary(
                    tokens, cachedTokens, 0, started - submitted, firstToken - started, lastToken - firstToken, 0);
            if (end()) {
                tell(() -> listener.onFinished(summary));
            }
        }
    }

    /** If the listener throws, the request fails. */
    private void tell(Runnable message) {
        try {
            message.run();
        } catch (RuntimeException e) {
            note(e);
            end();
            try {
                listener.onFailed(
                        new StageError(ErrorReason.INTERNAL, "The answer could not be passed on.").toException());
            } catch (RuntimeException again) {
                note(again);
            }
        }
    }

    private void note(RuntimeException failure) {
        log.error(
                "Request {} cannot be told of its progress: {}",
                request.origin().id(),
                FailureLine.of(failure));
        log.debug("Where it failed", failure);
    }

    /** The stream of one answer. */
    private final class Stream implements EventStream.Listener {

        private final RemoteAnswer answer;
        private final EventStream events = new EventStream(this);
        private volatile @Nullable CompletableFuture<HttpResponse<Void>> exchange;
        private boolean done;

        Stream(RemoteAnswer answer) {
            this.answer = answer;
        }

        /** Chooses how the response is read. */
        HttpResponse.BodySubscriber<Void> accept(HttpResponse.ResponseInfo head) {
            if (head.statusCode() == OK) {
                start();
                return events;
            }
            return BodySubscribers.mapping(new BoundedBody(), body -> {
                fail(VllmFault.of(problem(body, head.statusCode()), request));
                return null;
            });
        }

        private static CompletionEvent.Problem problem(byte[] body, int status) {
            JsonNode json;
            try {
                json = JsonMapper.shared().readTree(new String(body, StandardCharsets.UTF_8));
            } catch (JacksonException malformed) {
                json = JsonNodeFactory.instance.objectNode();
            }
            return CompletionEvent.Problem.of(json, status);
        }

        @Override
        public void onEvent(String data) throws VllmException {
            CompletionEvent event = CompletionEvent.of(data, request.topLogprobs());
            CompletionEvent.@Nullable Problem error = event.error();
            if (error != null) {
                fail(VllmFault.of(error, request));
                return;
            }
            synchronized (VllmGeneration.this) {
                if (over || done) {
                    return;
                }
                write(answer, event);
                if (answer.isComplete() && event.finishReason() == null) {
                    // A stop string has ended it, of which the server does not know.
                    done = true;
                    close();
                    finish();
                }
            }
        }

        @Override
        public void onDone() {
            onLost("an answer ended without a reason");
        }

        @Override
        public void onLost(String why) {
            if (over) {
                return;
            }
            synchronized (VllmGeneration.this) {
                if (!answer.isComplete()) {
                    fail(VllmFault.lost(why));
                } else if (!done) {
                    done = true;
                    finish();
                }
            }
        }

        void close() {
            events.cancel();
            CompletableFuture<HttpResponse<Void>> current = exchange;
            if (current != null) {
                current.cancel(true);
            }
        }
    }
}
