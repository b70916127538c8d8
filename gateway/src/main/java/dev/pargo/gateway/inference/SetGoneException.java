package dev.pargo.gateway.inference;

/**
 * Thrown if a stage of the request's set has no replica left and there is another set. The request starts again with
 * that set.
 */
final class SetGoneException extends Exception {

    SetGoneException(String message) {
        super(message, null, false, false);
    }
}
