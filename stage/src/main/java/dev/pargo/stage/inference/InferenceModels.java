package dev.pargo.stage.inference;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.StatusRuntimeException;
import java.util.List;

/**
 * The models of a stage.
 *
 * @param version    the only version of each: the fingerprint of the network's weights
 * @param maxMessage most bytes of a request's message
 */
public record InferenceModels<I>(List<InferenceModel<I>> models, String version, int maxMessage) {

    /** Room for everything in a message that is not an input's elements. */
    private static final int ENVELOPE = 64 << 10;

    /**
     * The models of a stage.
     *
     * @param limit most bytes of a message, even if an input could be larger
     */
    public static <I> InferenceModels<I> of(List<InferenceModel<I>> models, String version, long limit) {
        long largest =
                models.stream().mapToLong(InferenceModel::maxInputBytes).max().orElseThrow();
        return new InferenceModels<>(models, version, Math.toIntExact(Math.min(limit, largest + ENVELOPE)));
    }

    /**
     * Finds a model.
     *
     * @param wanted version; empty for any
     * @throws StatusRuntimeException UNKNOWN_MODEL
     */
    InferenceModel<I> get(String name, String wanted) {
        InferenceModel<I> found = models.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown("this stage has no model of that name, but "
                        + models.stream().map(InferenceModel::name).toList()));
        if (!wanted.isEmpty() && !wanted.equals(version)) {
            throw unknown("%s has the version %s only".formatted(name, version));
        }
        return found;
    }

    /** Most memory that a request of any model takes besides its message. */
    long largestMemory() {
        return models.stream().mapToLong(InferenceModel::memory).max().orElseThrow();
    }

    private static StatusRuntimeException unknown(String message) {
        return new StageError(ErrorReason.UNKNOWN_MODEL, message).toException();
    }
}
