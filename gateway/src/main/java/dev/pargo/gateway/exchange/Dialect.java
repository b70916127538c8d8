package dev.pargo.gateway.exchange;

import dev.pargo.gateway.json.Fields;
import dev.pargo.gateway.json.Values;
import java.util.function.BiFunction;

/**
 * The request format of one route for answers.
 *
 * @param operation named as in OpenTelemetry's conventions for generative AI, such as {@code chat}
 * @param fields    the fields of a request
 * @param reader    checks everything in a request that does not depend on the model; its arguments are the fields' values
 *                  and the largest number of pictures; throws INVALID_REQUEST, naming the field and what is allowed
 */
public record Dialect(String operation, Fields fields, BiFunction<Values, Integer, Question> reader) {}
