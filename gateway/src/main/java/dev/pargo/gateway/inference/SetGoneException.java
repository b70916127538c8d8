package dev.pargo.gateway.inference;

/** A stage of the request's set has no replica left, and there is another set: the request starts again with that. */
final class SetGoneException extends Exception {

    SetGoneException(String message) {
        super(message, null, false, false);
    }
}
