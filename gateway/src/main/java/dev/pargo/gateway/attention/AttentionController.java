package dev.pargo.gateway.attention;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.error.ClientGoneException;
import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.error.Outcome;
import dev.pargo.gateway.exchange.ConcurrencyLimit;
import dev.pargo.gateway.exchange.Pulse;
import dev.pargo.gateway.exchange.RequestMetrics;
import dev.pargo.gateway.http.ClientConnection;
import dev.pargo.gateway.http.RequestBody;
import dev.pargo.gateway.http.RequestIdFilter;
import dev.pargo.gateway.inference.CrossAttention;
import dev.pargo.gateway.inference.HeadGroups;
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
import io.grpc.Deadline;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.exc.JacksonIOException;

/**
 * What a model's visual tokens look at in a picture: as JSON, or as a heat map for clients that accept {@code image/png}
 * only. Takes a place among the chat requests.
 */
@RestController
final class AttentionController {

    private static final Logger log = LoggerFactory.getLogger(AttentionController.class);

    private static final String OPERATION = "attention";

    private final GatewayProperties properties;
    private final ConcurrencyLimit admission;
    private final Inference inference;
    private final Pictures pictures;
    private final RequestMetrics metrics;

    AttentionController(
            GatewayProperties properties,
            ConcurrencyLimit admission,
            Inference inference,
            Pictures pictures,
            RequestMetrics metrics) {
        this.properties = properties;
        this.admission = admission;
        this.inference = inference;
        this.pictures = pictures;
        this.metrics = metrics;
    }

    @PostMapping("/v1/attention")
    void attention(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long begun = System.nanoTime();
        String model = "";
        Outcome outcome = Outcome.FAILED;
        try (ConcurrencyLimit.Permit place = admission.admit(Caller.clientOf(request))) {
            model = answer(request, response);
            outcome = Outcome.OK;
        } catch (ClientGoneException | IOException | JacksonIOException gone) {
            outcome = Outcome.CANCELLED;
        } catch (GatewayException failure) {
            outcome = refuse(failure, response);
        } catch (RuntimeException fault) {
            outcome = refuse(GatewayException.failed("The gateway failed", fault), response);
        } finally {
            log.debug("Request ended: {}", outcome);
            TraceFilter.recordEnd(outcome);
            metrics.recordEnd(outcome, OPERATION, model, Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    /** @return the name of the pipeline that answered */
    private String answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RequestBody bytes = RequestBody.of(request);
        long waited = System.nanoTime() - bytes.arrivalNanos();
        Deadline deadline = Deadline.after(properties.requestTimeout().toNanos() - waited, TimeUnit.NANOSECONDS);
        Values body = bytes.bounded(() -> JsonBody.read(bytes.open(request), AttentionFields.ALL));
        RequestScope scope = new RequestScope(
                RequestIdFilter.idOf(request),
                Caller.clientOf(request),
                deadline,
                new Pulse(ClientConnection.of(request)));
        PictureSource source = image(body);
        Pipeline pipeline = inference.find(body.get(AttentionFields.MODEL), Caller.of(request), scope);
        String model = pipeline.name().orElseThrow();
        TraceFilter.recordModel(model);
        ModelSet.Vision vision =
                Objects.requireNonNull(inference.require(pipeline, true, scope).vision());
        InferenceRequest.Image image = pictures.load(
                        List.of(source), vision.encoder().getMaxImageBytes(), bytes, Caller.of(request), scope)
                .get(0);
        HeadGroups groups = new HeadGroups(
                body.get(AttentionFields.HEAD_GROUPS, 1L).intValue(),
                AttentionFields.MODEL.name(),
                AttentionFields.HEAD_GROUPS.name());
        CrossAttention attention = inference.attend(pipeline, image, groups, scope);
        if (MediaType.IMAGE_PNG_VALUE.equals(request.getHeader(HttpHeaders.ACCEPT))) {
            response.setContentType(MediaType.IMAGE_PNG_VALUE);
            HeatMap.write(attention, response.getOutputStream());
        } else {
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            AttentionJson.write(model, attention, response.getOutputStream());
        }
        return model;
    }

    private static PictureSource image(Values body) {
        String param = AttentionFields.IMAGE.name();
        @Nullable String url = body.get(AttentionFields.IMAGE);
        if (url == null) {
            throw GatewayException.invalid(param, "missing_required_parameter", param + " is missing");
        }
        return new PictureSource(url, null, param);
    }

    private static Outcome refuse(GatewayException failure, HttpServletResponse response) throws IOException {
        failure.logTo(log);
        if (!response.isCommitted()) {
            ErrorBody.write(failure, response);
        }
        return failure.problem().outcome();
    }
}
