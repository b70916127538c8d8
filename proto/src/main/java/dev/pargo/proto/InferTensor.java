package dev.pargo.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.proto.inference.InferTensorContents;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferRequest.InferInputTensor;
import dev.pargo.proto.inference.ModelInferResponse;
import dev.pargo.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.TensorHeader;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of the Open Inference Protocol.
 *
 * @param datatype FP32, FP16, BF16, INT32, BYTES, ...
 * @param data     raw elements, little-endian; each element of {@link #BYTES} has its length in front
 */
public record InferTensor(String name, String datatype, List<Long> shape, ByteString data) {

    public static final String FP32 = "FP32";
    public static final String FP16 = "FP16";
    public static final String BF16 = "BF16";
    public static final String INT32 = "INT32";
    public static final String BYTES = "BYTES";

    private static final int MOST_DIMENSIONS = 8;

    public InferTensor {
        shape = List.copyOf(shape);
    }

    /**
     * The inputs of a request, whichever form their elements have.
     *
     * @throws StatusRuntimeException TENSOR_MISMATCH if the elements of an input are missing, or are given in both forms
     */
    public static List<InferTensor> of(ModelInferRequest request) {
        boolean raw = request.getRawInputContentsCount() > 0;
        checkRaw("raw_input_contents", request.getRawInputContentsCount(), "inputs", request.getInputsCount());
        List<InferTensor> tensors = new ArrayList<>();
        for (int i = 0; i < request.getInputsCount(); i++) {
            InferInputTensor input = request.getInputs(i);
            if (raw && input.hasContents()) {
                throw TensorSpec.mismatch("the input %s has both contents and raw_input_contents"
                        .formatted(TensorSpec.abbreviate(input.getName())));
            }
            ByteString data = raw
                    ? request.getRawInputContents(i)
                    : raw(input.getName(), input.getDatatype(), input.getContents());
            checkDimensions(input.getName(), input.getShapeCount());
            tensors.add(new InferTensor(input.getName(), input.getDatatype(), input.getShapeList(), data));
        }
        return tensors;
    }

    /** The outputs of a response. Throws as {@link #of(ModelInferRequest)} does. */
    public static List<InferTensor> of(ModelInferResponse response) {
        boolean raw = response.getRawOutputContentsCount() > 0;
        checkRaw("raw_output_contents", response.getRawOutputContentsCount(), "outputs", response.getOutputsCount());
        List<InferTensor> tensors = new ArrayList<>();
        for (int i = 0; i < response.getOutputsCount(); i++) {
            InferOutputTensor output = response.getOutputs(i);
            ByteString data = raw
                    ? response.getRawOutputContents(i)
                    : raw(output.getName(), output.getDatatype(), output.getContents());
            checkDimensions(output.getName(), output.getShapeCount());
            tensors.add(new InferTensor(output.getName(), output.getDatatype(), output.getShapeList(), data));
        }
        return tensors;
    }

    /** The protocol's name of a type of elements. */
    public static String datatype(DataType dtype) {
        return switch (dtype) {
            case FLOAT32 -> FP32;
            case FLOAT16 -> FP16;
            case BFLOAT16 -> BF16;
            case DATA_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("no name: " + dtype);
        };
    }

    /** The type with one of the protocol's names; DATA_TYPE_UNSPECIFIED for a type that no tensor of a stage has. */
    public static DataType dtype(String datatype) {
        return switch (datatype) {
            case FP32 -> DataType.FLOAT32;
            case FP16 -> DataType.FLOAT16;
            case BF16 -> DataType.BFLOAT16;
            default -> DataType.DATA_TYPE_UNSPECIFIED;
        };
    }

    /**
     * Copies this tensor to where a network can read it, after its type, shape and size have been checked.
     *
     * @param layout the layout of its rows; empty without one
     * @throws StatusRuntimeException TENSOR_MISMATCH
     */
    public WireTensor toWire(TensorSpec expected, List<Integer> layout) {
        DataType dtype = dtype(datatype);
        if (!expected.dtypes().contains(dtype)) {
            throw TensorSpec.mismatch("%s has the datatype %s, expected one of %s"
                    .formatted(
                            TensorSpec.abbreviate(name),
                            TensorSpec.abbreviate(datatype),
                            expected.dtypes().stream()
                                    .sorted()
                                    .map(InferTensor::datatype)
                                    .toList()));
        }
        TensorHeader header = TensorHeader.newBuilder()
                .setName(name)
                .setDtype(dtype)
                .addAllShape(shape)
                .addAllLayout(layout)
                .build();
        return new WireTensor(header, copy(expected.check(header)));
    }

    /**
     * Copies the elements to memory outside the heap.
     *
     * @throws StatusRuntimeException TENSOR_MISMATCH unless there are as many bytes as expected
     */
    public ByteBuffer copy(int bytes) {
        if (data.size() != bytes) {
            throw TensorSpec.mismatch("%s has %,d bytes; its shape %s takes %,d"
                    .formatted(TensorSpec.abbreviate(name), data.size(), shape, bytes));
        }
        ByteBuffer copy = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        data.copyTo(copy);
        return copy.flip();
    }

    /**
     * The one element of a tensor of {@link #BYTES}.
     *
     * @throws StatusRuntimeException TENSOR_MISMATCH
     */
    public ByteString element() {
        if (!datatype.equals(BYTES) || shape.stream().anyMatch(dimension -> dimension != 1)) {
            throw TensorSpec.mismatch("%s is a %s tensor of the shape %s, expected BYTES of [1]"
                    .formatted(TensorSpec.abbreviate(name), TensorSpec.abbreviate(datatype), shape));
        }
        // Only the length is read: a buffer of all would be a copy if the bytes are in several pieces.
        if (data.size() < Integer.BYTES
                || data.substring(0, Integer.BYTES)
                                .asReadOnlyByteBuffer()
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt()
                        != data.size() - Integer.BYTES) {
            throw TensorSpec.mismatch(
                    "%s is not one element with its length in front".formatted(TensorSpec.abbreviate(name)));
        }
        return data.substring(Integer.BYTES);
    }

    /** A tensor of {@link #INT32}. */
    public static InferTensor ofInts(String name, List<Integer> values) {
        ByteBuffer data = ByteBuffer.allocate(Integer.BYTES * values.size()).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(data::putInt);
        return new InferTensor(name, INT32, List.of((long) values.size()), ByteString.copyFrom(data.flip()));
    }

    /**
     * The elements of a tensor of {@link #INT32} with one dimension.
     *
     * @param most most elements
     * @throws StatusRuntimeException TENSOR_MISMATCH
     */
    public List<Integer> ints(int most) {
        if (!datatype.equals(INT32)
                || shape.size() != 1
                || shape.get(0) < 0
                || shape.get(0) > most
                || shape.get(0) * Integer.BYTES != data.size()) {
            throw TensorSpec.mismatch("%s is a %s tensor of the shape %s with %,d bytes, expected INT32 of [0..%d]"
                    .formatted(TensorSpec.abbreviate(name), TensorSpec.abbreviate(datatype), shape, data.size(), most));
        }
        ByteBuffer bytes = data.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> values = new ArrayList<>();
        while (bytes.hasRemaining()) {
            values.add(bytes.getInt());
        }
        return values;
    }

    private static void checkRaw(String rawField, int raw, String tensorsField, int tensors) {
        if (raw > 0 && raw != tensors) {
            throw TensorSpec.mismatch(
                    "%s has %d entries, but %s has %d".formatted(rawField, raw, tensorsField, tensors));
        }
    }

    private static void checkDimensions(String name, int dimensions) {
        if (dimensions > MOST_DIMENSIONS) {
            throw TensorSpec.mismatch("%s has %,d dimensions; at most %d are possible"
                    .formatted(TensorSpec.abbreviate(name), dimensions, MOST_DIMENSIONS));
        }
    }

    private static ByteString raw(String name, String datatype, InferTensorContents contents) {
        return switch (datatype) {
            case FP32 -> {
                ByteBuffer data = buffer(contents.getFp32ContentsCount());
                contents.getFp32ContentsList().forEach(data::putFloat);
                yield UnsafeByteOperations.unsafeWrap(data.flip());
            }
            case INT32 -> {
                ByteBuffer data = buffer(contents.getIntContentsCount());
                contents.getIntContentsList().forEach(data::putInt);
                yield UnsafeByteOperations.unsafeWrap(data.flip());
            }
            case BYTES -> {
                ByteString data = ByteString.EMPTY;
                for (ByteString element : contents.getBytesContentsList()) {
                    ByteString length =
                            ByteString.copyFrom(buffer(1).putInt(element.size()).flip());
                    data = data.concat(length).concat(element);
                }
                yield data;
            }
            default ->
                throw TensorSpec.mismatch("the elements of %s, of the datatype %s, must be raw"
                        .formatted(TensorSpec.abbreviate(name), TensorSpec.abbreviate(datatype)));
        };
    }

    private static ByteBuffer buffer(int words) {
        return ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, words)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
