package dev.pargo.gateway.exchange;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;

/** One route's way to ask for answers. */
public interface Dialect {

    /** What the route does, in the words of OpenTelemetry's conventions for generative AI, such as {@code chat}. */
    String operation();

    /** The fields of its requests. */
    Fields fields();

    /**
     * Checks all of a request that does not depend on the model.
     *
     * @param maxImages most pictures in one request
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    Question read(Values body, int maxImages);
}
