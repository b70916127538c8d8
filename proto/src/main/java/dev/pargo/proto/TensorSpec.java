package dev.pargo.proto;

import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.proto.v1.TokenTensor;
import java.util.List;
import java.util.Set;

/**
 * The tensor that a receiver expects: [tokens, width], with a range of tokens.
 *
 * @param name      the tensor's role, such as {@link #FEATURES}
 * @param dtypes    element types that are accepted
 * @param minTokens least tokens, at least 1
 * @param maxTokens most tokens
 * @param width     elements of one token
 */
public record TensorSpec(String name, Set<DataType> dtypes, int minTokens, int maxTokens, int width) {

    /** Patch features, the output of an encoder. */
    public static final String FEATURES = "features";

    /** Tokens of the LLM's width, the output of a projector. */
    public static final String VISUAL_TOKENS = "visual_tokens";

    /** The attention of a projector's query tokens to each patch. */
    public static final String CROSS_ATTENTION = "cross_attention";

    public TensorSpec {
        dtypes = Set.copyOf(dtypes);
        if (minTokens < 1 || maxTokens < minTokens || width < 1) {
            throw new IllegalArgumentException("no tensor has [%d..%d, %d]".formatted(minTokens, maxTokens, width));
        }
        // The largest tensor must fit one buffer.
        Math.multiplyExact(Math.multiplyExact(maxTokens, width), Float.BYTES);
    }

    /** Exactly the tensor that a stage describes. */
    public static TensorSpec exactly(String name, TokenTensor tensor) {
        return new TensorSpec(
                name, Set.copyOf(tensor.getDtypesList()), tensor.getTokens(), tensor.getTokens(), tensor.getWidth());
    }

    /** A tensor as a stage describes it, with its number of tokens or its range of them. */
    public static TensorSpec described(String name, TokenTensor tensor) {
        int least = isFixed(tensor) ? tensor.getTokens() : tensor.getMinTokens();
        return new TensorSpec(name, Set.copyOf(tensor.getDtypesList()), least, tensor.getTokens(), tensor.getWidth());
    }

    /** Whether every picture has the same number of tokens. */
    public static boolean isFixed(TokenTensor tensor) {
        return tensor.getMinTokens() == 0;
    }

    /** Any number of tokens up to a limit, with the width and types that a stage describes. */
    public static TensorSpec upTo(int maxTokens, String name, TokenTensor tensor) {
        return new TensorSpec(name, Set.copyOf(tensor.getDtypesList()), 1, maxTokens, tensor.getWidth());
    }

    /** Bytes of one element on the wire. */
    public static int bytes(DataType dtype) {
        return switch (dtype) {
            case FLOAT32 -> 4;
            case FLOAT16, BFLOAT16 -> 2;
            case DATA_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("no width: " + dtype);
        };
    }

    /**
     * Checks a header. Multiplies no number of the sender before it has been checked, so nothing overflows.
     *
     * @return bytes that must follow
     * @throws io.grpc.StatusRuntimeException TENSOR_MISMATCH
     */
    public int check(TensorHeader header) {
        if (!header.getName().equals(name)) {
            throw mismatch("the tensor is named \"%s\", expected \"%s\"".formatted(abbreviate(header.getName()), name));
        }
        if (!dtypes.contains(header.getDtype())) {
            throw mismatch("%s has the type %s, expected one of %s"
                    .formatted(name, header.getDtype(), dtypes.stream().sorted().toList()));
        }
        List<Long> shape = header.getShapeList();
        if (shape.size() != 2) {
            throw mismatch("%s has %d dimensions, expected [tokens, width]".formatted(name, shape.size()));
        }
        if (shape.get(0) < minTokens || shape.get(0) > maxTokens || shape.get(1) != width) {
            throw mismatch("%s has the shape %s, expected [%s, %d]".formatted(name, shape, tokens(), width));
        }
        return shape.get(0).intValue() * width * bytes(header.getDtype());
    }

    private String tokens() {
        return minTokens == maxTokens ? String.valueOf(minTokens) : minTokens + ".." + maxTokens;
    }

    static String abbreviate(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }

    static io.grpc.StatusRuntimeException mismatch(String message) {
        return new StageError(ErrorReason.TENSOR_MISMATCH, message).toException();
    }
}
