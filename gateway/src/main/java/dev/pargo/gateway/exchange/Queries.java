package dev.pargo.gateway.exchange;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.access.Caller;
import dev.pargo.gateway.error.ClientGoneException;
import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.http.ClientConnection;
import dev.pargo.gateway.http.RequestBody;
import dev.pargo.gateway.http.RequestIdFilter;
import dev.pargo.gateway.inference.RequestScope;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.JsonBody;
import dev.pargo.gateway.json.Values;
import io.grpc.Deadline;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Answers requests that need no generation. They are admitted and bounded like all others. Thread-safe. */
@Component
public final class Queries {

    private static final Logger log = LoggerFactory.getLogger(Queries.class);

    private final GatewayProperties properties;
    private final ConcurrencyLimit admission;

    Queries(GatewayProperties properties, ConcurrencyLimit admission) {
        this.properties = properties;
        this.admission = admission;
    }

    /** Answers one request with the JSON result of a query. */
    public void answer(Fields fields, HttpServletRequest request, HttpServletResponse response, Query query) {
        try (ConcurrencyLimit.Permit place = admission.admit(Caller.clientOf(request))) {
            RequestBody bytes = RequestBody.of(request);
            long waited = System.nanoTime() - bytes.arrivalNanos();
            Deadline deadline = Deadline.after(properties.requestTimeout().toNanos() - waited, TimeUnit.NANOSECONDS);
            Values body = bytes.bounded(() -> JsonBody.read(bytes.open(request), fields));
            RequestScope scope = new RequestScope(
                    RequestIdFilter.idOf(request),
                    Caller.clientOf(request),
                    deadline,
                    new Pulse(ClientConnection.of(request)));
            Object answer = query.answer(body, Caller.of(request), scope);
            AnswerWriter.whole(answer, response);
        } catch (ClientGoneException | IOException gone) {
            log.debug("The client has left");
        } catch (GatewayException failure) {
            refuse(failure, response);
        } catch (RuntimeException fault) {
            refuse(GatewayException.failed("The gateway failed", fault), response);
        }
    }

    private static void refuse(GatewayException failure, HttpServletResponse response) {
        failure.logTo(log);
        try {
            ErrorBody.write(failure, response);
        } catch (IOException gone) {
            log.debug("The client has left");
        }
    }

    /** Computes the answer to a request: a value that is written as JSON. */
    public interface Query {
        Object answer(Values body, Caller caller, RequestScope scope);
    }
}
