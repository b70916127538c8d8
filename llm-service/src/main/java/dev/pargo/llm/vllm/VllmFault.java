package dev.pargo.llm.vllm;

import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told when the server fails. */
final class VllmFault {

    private static final Logger log = LoggerFactory.getLogger(VllmFault.class);

    private static final int BAD_REQUEST = 400;
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY = 429;
    private static final int SERVER = 500;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private VllmFault() {}

    /** The server does not answer; another replica may. */
    static StatusRuntimeException lost(String why) {
        log.debug("vLLM is lost: {}", why);
        return new StageError(ErrorReason.NETWORK_LOST, "The server of the language model does not answer.", RETRY)
                .toException();
    }

    /** The server answers with an error. */
    static StatusRuntimeException of(CompletionEvent.Problem problem, GenerationRequest request) {
        int code = problem.code();
        if (code >= SERVER) {
            return lost(problem.message());
        }
        if (code == TOO_MANY) {
            return new StageError(ErrorReason.QUEUE_FULL, "The server of the language model is busy.", RETRY)
                    .toException();
        }
        if ((code == BAD_REQUEST || code == UNPROCESSABLE) && request.format() != null) {
            // The prompt and the other fields were checked here; what a format may have, vLLM decides too.
            log.info("vLLM refuses the format of {}: {}", request.origin().id(), problem.message());
            return new StageError(
                            ErrorReason.INVALID_FIELD, "format is not supported by the server of the language model")
                    .toException();
        }
        log.error("vLLM refuses {}: {} {}", request.origin().id(), code, problem.message());
        return new StageError(ErrorReason.INTERNAL, "The server of the language model failed.").toException();
    }
}
