package dev.pargo.gateway.exchange;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.error.ClientGoneException;
import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.error.Outcome;
import dev.pargo.gateway.http.ClientConnection;
import dev.pargo.gateway.http.RequestBody;
import dev.pargo.gateway.http.RequestIdFilter;
import dev.pargo.gateway.inference.Delivery;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.gateway.inference.HeadGroups;
import dev.pargo.gateway.inference.Inference;
import dev.pargo.gateway.inference.InferenceRequest;
import dev.pargo.gateway.inference.RequestScope;
import dev.pargo.gateway.inference.Timings;
import dev.pargo.gateway.json.JsonBody;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.picture.PictureSource;
import dev.pargo.gateway.picture.Pictures;
import dev.pargo.gateway.pipeline.ModelSet;
import dev.pargo.gateway.pipeline.Pipeline;
import dev.pargo.gateway.trace.TraceFilter;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.TextDelta;
import io.grpc.Deadline;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Answers requests: each from its first byte to its one terminal state, on one thread. The body is read and the answer
 * written here, because both have bounds and an order that message converters do not know. Thread-safe.
 */
@Component
public final class Answering {

    private static final Logger log = LoggerFactory.getLogger(Answering.class);

    private final GatewayProperties properties;
    private final ConcurrencyLimit admission;
    private final Inference inference;
    private final Pictures pictures;
    private final RequestMetrics metrics;
    private final AnswerMemory memory;

    Answering(
            GatewayProperties properties,
            ConcurrencyLimit admission,
            Inference inference,
            Pictures pictures,
            RequestMetrics metrics,
            AnswerMemory memory) {
        this.properties = properties;
        this.admission = admission;
        this.inference = inference;
        this.pictures = pictures;
        this.metrics = metrics;
        this.memory = memory;
    }

    /** Answers one request of a route. */
    public void answer(Dialect dialect, HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = new Exchange(dialect, request, response);
        Outcome outcome = Outcome.FAILED;
        try {
            outcome = run(exchange);
        } finally {
            log.debug("Request ended: {}", outcome);
            TraceFilter.recordModel(exchange.model);
            TraceFilter.recordEnd(outcome);
            metrics.recordEnd(outcome, dialect.operation(), exchange.model, Duration.ofNanos(exchange.watch.elapsed()));
        }
    }

    private Outcome run(Exchange exchange) {
        String client = Caller.clientOf(exchange.request);
        try (ConcurrencyLimit.Permit place = admission.admit(client);
                AnswerMemory.Share share = memory.open(client)) {
            answer(exchange, share);
            return Outcome.OK;
        } catch (ClientGoneException | IOException gone) {
            return Outcome.CANCELLED;
        } catch (GatewayException failure) {
            return refuse(exchange.question == null ? failure : exchange.question.inClientsWords(failure), exchange);
        } catch (RuntimeException fault) {
            return refuse(GatewayException.failed("The gateway failed", fault), exchange);
        }
    }

    private void answer(Exchange exchange, AnswerMemory.Share share) throws IOException {
        RequestBody bytes = RequestBody.of(exchange.request);
        long waited = System.nanoTime() - bytes.arrivalNanos();
        Deadline deadline = Deadline.after(properties.requestTimeout().toNanos() - waited, TimeUnit.NANOSECONDS);
        Values body = bytes.bounded(() -> JsonBody.read(bytes.open(exchange.request), exchange.dialect.fields()));
        Question question = exchange.dialect.reader().apply(body, properties.maxImages());
        exchange.question = question;
        String id = RequestIdFilter.idOf(exchange.request);
        String client = Caller.clientOf(exchange.request);
        ClientConnection connection = ClientConnection.of(exchange.request);
        RequestScope waiting = new RequestScope(id, client, deadline, new Pulse(connection));
        Pipeline pipeline = inference.find(question.model(), exchange.caller, waiting);
        exchange.model = pipeline.name().orElseThrow();
        ModelSet set = inference.require(pipeline, !question.images().isEmpty(), waiting);
        Question.Work work = question.work(pipeline.defaults(), set.llm());
        checkCount(question.images(), set.llm().getMaxVisualTensors());
        List<InferenceRequest.Image> images =
                pictures.load(question.images(), maxImageBytes(set), bytes, exchange.caller, waiting);
        ResponseHead head =
                ResponseHead.now(exchange.model, set.llm().getIdentity().getFingerprint());
        AnswerWriter out = new AnswerWriter(exchange.response, share, properties.heartbeat());
        exchange.out = out;
        exchange.answer = question.answer(head, work, set.llm(), out);
        RequestScope scope = new RequestScope(id, client, deadline, new Pulse(connection, out));
        List<InferenceRequest> requests =
                requests(work, images, question.attention(), cacheSalt(body, exchange.caller));
        int atOnce = Math.max(1, set.llm().getMaxSequences() / requests.get(0).sequences());
        try (Generations generations = new Generations(starts(requests, pipeline, scope, exchange.answer), atOnce)) {
            write(generations, requests.size(), work.decoding(), exchange);
        }
    }

    /** Writes the answers. Whatever has been written is sent before the request waits, so no piece is held back. */
    private void write(Generations generations, int prompts, GenerateStart decoding, Exchange exchange)
            throws IOException {
        Answer answer = exchange.answer;
        AnswerWriter out = exchange.out;
        Usage usage = Usage.NONE;
        List<Timings> timings = new ArrayList<>();
        for (int prompt = 0; prompt < prompts; prompt++) {
            out.flush();
            Generation generation = generations.next();
            if (prompt == 0) {
                answer.begin(generation);
                out.flush();
            }
            int first = prompt * decoding.getChoices();
            @Nullable TextDelta delta;
            while ((delta = next(generation, out)) != null) {
                exchange.watch.token();
                answer.add(first + delta.getChoice(), delta);
            }
            usage = usage.plus(generation);
            timings.add(generation.timings());
        }
        exchange.watch.stop();
        TimingsMillis millis = TimingsMillis.of(timings, exchange.watch);
        answer.end(usage, millis);
        out.flush();
        exchange.caller.recordUse(usage.promptTokens(), usage.completionTokens());
        metrics.recordAnswer(
                exchange.dialect.operation(),
                exchange.model,
                millis,
                (double) usage.completionTokens() / (prompts * decoding.getChoices()));
    }

    private static @Nullable TextDelta next(Generation generation, AnswerWriter out) throws IOException {
        if (!generation.hasNext()) {
            out.flush();
        }
        return generation.next();
    }

    /** Pictures belong to the first prompt. */
    private static List<InferenceRequest> requests(
            Question.Work work, List<InferenceRequest.Image> images, @Nullable HeadGroups attention, String cacheSalt) {
        return IntStream.range(0, work.starts().size())
                .mapToObj(index -> new InferenceRequest(
                        work.starts().get(index).toBuilder()
                                .setCacheSalt(cacheSalt)
                                .build(),
                        index == 0 ? images : List.of(),
                        attention,
                        work.field()))
                .toList();
    }

    private static String cacheSalt(Values body, Caller caller) {
        @Nullable String asked = body.get(RequestFields.CACHE_SALT);
        return asked == null ? caller.name() : caller.name() + '/' + asked;
    }

    private Iterator<Supplier<Generation>> starts(
            List<InferenceRequest> requests, Pipeline pipeline, RequestScope scope, Answer answer) {
        return IntStream.range(0, requests.size())
                .<Supplier<Generation>>mapToObj(index -> () -> {
                    InferenceRequest request = requests.get(index);
                    return inference.start(
                            pipeline,
                            request,
                            scope,
                            delivery(answer, index, request.start().getChoices()));
                })
                .iterator();
    }

    private static Delivery delivery(Answer answer, int prompt, int choices) {
        return new Delivery() {
            @Override
            public boolean hasBegun() {
                return answer.hasBegun(prompt * choices, choices);
            }

            @Override
            public void discard() {
                answer.discard(prompt * choices, choices);
            }
        };
    }

    private static void checkCount(List<PictureSource> images, int limit) {
        if (images.size() > limit) {
            throw PictureSource.tooMany(images.get(limit).param(), limit);
        }
    }

    /** There is no encoder if there is no picture. */
    private static long maxImageBytes(ModelSet set) {
        return set.vision() == null ? 0 : set.vision().encoder().getMaxImageBytes();
    }

    private static Outcome refuse(GatewayException failure, Exchange exchange) {
        failure.logTo(log);
        try {
            exchange.flush();
            if (exchange.response.isCommitted() && exchange.answer != null) {
                exchange.answer.fail(failure);
                exchange.flush();
                // Without HTTP's last chunk, so that clients which do not know the event see that the stream is not
                // complete.
                ClientConnection.of(exchange.request).close();
            } else {
                ErrorBody.write(failure, exchange.response);
            }
            return failure.problem().outcome();
        } catch (IOException gone) {
            return Outcome.CANCELLED;
        }
    }

    /** A request and what becomes known of it on its way. */
    private static final class Exchange {

        final Dialect dialect;
        final HttpServletRequest request;
        final HttpServletResponse response;
        final Caller caller;
        final Stopwatch watch = new Stopwatch();
        String model = "";

        @Nullable
        Question question;

        @Nullable
        AnswerWriter out;

        @Nullable
        Answer answer;

        Exchange(Dialect dialect, HttpServletRequest request, HttpServletResponse response) {
            this.dialect = dialect;
            this.request = request;
            this.response = response;
            this.caller = Caller.of(request);
        }

        void flush() throws IOException {
            if (out != null) {
                out.flush();
            }
        }
    }
}
