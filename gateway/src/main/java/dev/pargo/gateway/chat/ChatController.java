package dev.pargo.gateway.chat;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.error.ClientGoneException;
import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.error.Outcome;
import dev.pargo.gateway.error.Problem;
import dev.pargo.gateway.http.ClientConnection;
import dev.pargo.gateway.http.RequestBody;
import dev.pargo.gateway.http.RequestIdFilter;
import dev.pargo.gateway.inference.Generation;
import dev.pargo.gateway.inference.Inference;
import dev.pargo.gateway.inference.InferenceRequest;
import dev.pargo.gateway.inference.RequestScope;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Chat completions: one request from its first byte to its one terminal state, on one thread. The body is read and the
 * answer written here, because both have bounds and an order that message converters do not know.
 */
@RestController
final class ChatController {

    private static final Logger log = LoggerFactory.getLogger(ChatController.class);

    private final GatewayProperties properties;
    private final ConcurrencyLimit admission;
    private final Inference inference;
    private final Pictures pictures;
    private final ChatMetrics metrics;

    ChatController(
            GatewayProperties properties,
            ConcurrencyLimit admission,
            Inference inference,
            Pictures pictures,
            ChatMetrics metrics) {
        this.properties = properties;
        this.admission = admission;
        this.inference = inference;
        this.pictures = pictures;
        this.metrics = metrics;
    }

    @PostMapping("/v1/chat/completions")
    void complete(HttpServletRequest request, HttpServletResponse response) {
        Exchange exchange = new Exchange(request, response);
        Outcome outcome = Outcome.FAILED;
        try {
            outcome = run(exchange);
        } finally {
            log.debug("Request ended: {}", outcome);
            TraceFilter.ended(outcome, exchange.model);
            metrics.ended(outcome, exchange.model, Duration.ofNanos(exchange.watch.elapsed()));
        }
    }

    private Outcome run(Exchange exchange) {
        try (ConcurrencyLimit.Permit place = admission.admit()) {
            answer(exchange);
            return Outcome.OK;
        } catch (ClientGoneException | IOException gone) {
            return Outcome.CANCELLED;
        } catch (GatewayException failure) {
            return refuse(failure, exchange);
        } catch (RuntimeException fault) {
            return refuse(GatewayException.failed("The gateway failed", fault), exchange);
        }
    }

    private void answer(Exchange exchange) throws IOException {
        RequestBody bytes = RequestBody.of(exchange.request);
        long waited = System.nanoTime() - bytes.arrivalNanos();
        Deadline deadline = Deadline.after(properties.requestTimeout().toNanos() - waited, TimeUnit.NANOSECONDS);
        Values body = bytes.bounded(() -> JsonBody.read(bytes.open(exchange.request), ChatFields.ALL));
        ChatQuery query = ChatQuery.of(body, properties.maxImages());
        String id = RequestIdFilter.idOf(exchange.request);
        String client = Caller.clientOf(exchange.request);
        ClientConnection connection = ClientConnection.of(exchange.request);
        RequestScope waiting = new RequestScope(id, client, deadline, new Pulse(connection, null));
        Pipeline pipeline = inference.find(Caller.of(exchange.request).model(query.model()), waiting);
        exchange.model = pipeline.name().orElseThrow();
        ModelSet set = inference.require(pipeline, !query.images().isEmpty(), waiting);
        GenerateStart decoding = DecodingReader.read(body, pipeline.defaults(), set.llm());
        GenerateStart start =
                decoding.toBuilder().setConversation(query.conversation()).build();
        ModelLimits.check(start, set.llm());
        checkCount(query.images(), set.llm().getMaxVisualTensors());
        List<InferenceRequest.Image> images =
                pictures.load(query.images(), maxImageBytes(set), bytes, Caller.of(exchange.request), waiting);
        InferenceRequest work = new InferenceRequest(start, images);
        ResponseHead head =
                ResponseHead.now(exchange.model, set.llm().getIdentity().getFingerprint());
        int choices = decoding.getChoices();
        Answer answer = query.stream()
                ? new StreamedAnswer(head, decoding, query.includeUsage(), properties.heartbeat(), exchange.response)
                : new WholeAnswer(head, decoding, exchange.response);
        Pulse pulse = new Pulse(connection, answer);
        RequestScope scope = new RequestScope(id, client, deadline, pulse);
        try (Generation generation = inference.start(pipeline, work, scope, answer)) {
            answer.begin(generation);
            @Nullable TextDelta delta;
            while ((delta = generation.next()) != null) {
                exchange.watch.token();
                answer.add(delta);
            }
            exchange.watch.stop();
            answer.end(generation, exchange.watch);
            Caller.of(exchange.request)
                    .used(
                            generation.queued().getPromptTokens(),
                            generation.finished().getCompletionTokens());
            metrics.answered(
                    exchange.model,
                    ChatResponse.TimingsMillis.of(generation.timings(), exchange.watch),
                    (double) generation.finished().getCompletionTokens() / choices);
        }
    }

    private static void checkCount(List<PictureSource> images, int limit) {
        if (images.size() > limit) {
            throw ChatMessages.tooManyImages(images.get(limit).param(), limit);
        }
    }

    /** There is no encoder if there is no picture. */
    private static long maxImageBytes(ModelSet set) {
        return set.vision() == null ? 0 : set.vision().encoder().getMaxImageBytes();
    }

    private static Outcome refuse(GatewayException failure, Exchange exchange) {
        if (failure.problem() == Problem.FAILED) {
            log.error("Request failed: {}", failure.getMessage(), failure);
        }
        try {
            if (exchange.response.isCommitted()) {
                StreamedAnswer.fail(failure, ClientConnection.of(exchange.request), exchange.response);
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

        final HttpServletRequest request;
        final HttpServletResponse response;
        final Stopwatch watch = new Stopwatch();
        String model = "";

        Exchange(HttpServletRequest request, HttpServletResponse response) {
            this.request = request;
            this.response = response;
        }
    }
}
