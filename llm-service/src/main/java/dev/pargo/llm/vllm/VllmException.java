package dev.pargo.llm.vllm;

/** Thrown if the server does not answer, or says something that it should not. */
final class VllmException extends Exception {

    VllmException(String message) {
        super(message, null, false, false);
    }
}
