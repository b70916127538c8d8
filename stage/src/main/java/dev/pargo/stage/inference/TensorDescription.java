package dev.pargo.stage.inference;

import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.proto.InferTensor;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.inference.ModelMetadataResponse.TensorMetadata;
import dev.pargo.proto.v1.TokenTensor;
import java.util.Arrays;
import java.util.List;

/** Tensors of a stage in the Open Inference Protocol. */
public final class TensorDescription {

    /** The layout of a picture's rows, as in a {@link dev.pargo.proto.v1.TensorHeader}. */
    public static final String LAYOUT = "layout";

    private static final long ANY = -1;

    private TensorDescription() {}

    public static TensorMetadata of(String name, String datatype, Long... shape) {
        return TensorMetadata.newBuilder()
                .setName(name)
                .setDatatype(datatype)
                .addAllShape(Arrays.asList(shape))
                .build();
    }

    /** Tokens as a stage describes them, in its first type. If their number varies, a layout goes with them. */
    public static List<TensorMetadata> of(String name, TokenTensor tensor) {
        String datatype = InferTensor.datatype(tensor.getDtypes(0));
        return TensorSpec.isFixed(tensor)
                ? List.of(of(name, datatype, (long) tensor.getTokens(), (long) tensor.getWidth()))
                : List.of(of(name, datatype, ANY, (long) tensor.getWidth()), of(LAYOUT, InferTensor.INT32, ANY));
    }

    /** A tensor of a stage, with another shape of the same size. Shares its memory. */
    public static InferTensor reshaped(WireTensor tensor, List<Long> shape) {
        return new InferTensor(
                tensor.header().getName(),
                InferTensor.datatype(tensor.header().getDtype()),
                shape,
                UnsafeByteOperations.unsafeWrap(tensor.data()));
    }

    /** What a model answers with that is described by {@link #of(String, TokenTensor)}. */
    public static List<InferTensor> results(WireTensor tokens, TokenTensor description) {
        InferTensor rows = reshaped(tokens, tokens.header().getShapeList());
        return TensorSpec.isFixed(description)
                ? List.of(rows)
                : List.of(rows, InferTensor.ofInts(LAYOUT, tokens.header().getLayoutList()));
    }
}
