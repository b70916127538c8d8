package dev.pargo.gateway.exchange;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;

/** The request format of one route for answers. */
public interface Dialect {

    /** The operation, named as in OpenTelemetry's conventions for generative AI, such as {@code chat}. */
    String operation();

    /** The fields of its requests. */
    Fields fields();

    /**
     * Checks everything in a request that does not depend on the model.
     *
     * @param maxImages largest number of pictures in one request
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    Question read(Values body, int maxImages);
}
