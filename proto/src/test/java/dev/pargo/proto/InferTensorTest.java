package dev.pargo.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.pargo.proto.inference.InferTensorContents;
import dev.pargo.proto.inference.ModelInferRequest;
import dev.pargo.proto.inference.ModelInferRequest.InferInputTensor;
import dev.pargo.proto.v1.DataType;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InferTensorTest {

    private static final TensorSpec SPEC =
            new TensorSpec("features", Set.of(DataType.FLOAT32, DataType.FLOAT16), 1, 4, 2);

    @Test
    void typedElementsAreTheSameAsRawOnes() {
        InferTensor floats = typed("FP32", contents().addFp32Contents(1).addFp32Contents(-2));
        InferTensor ints = typed("INT32", contents().addIntContents(7).addIntContents(-1));
        InferTensor bytes = typed("BYTES", contents().addBytesContents(ByteString.copyFromUtf8("abc")));

        assertThat(floats.data()).isEqualTo(ByteString.fromHex("0000803f000000c0"));
        assertThat(ints.data()).isEqualTo(ByteString.fromHex("07000000ffffffff"));
        assertThat(bytes.data()).isEqualTo(ByteString.fromHex("03000000616263"));
    }

    @Test
    void halfPrecisionHasNoTypedForm() {
        assertThatThrownBy(() -> typed("FP16", contents())).hasMessageContaining("must be raw");
    }

    @Test
    void copiesWhatFits() {
        InferTensor tensor =
                new InferTensor("features", "FP16", List.of(2L, 2L), ByteString.fromHex("0102030405060708"));

        WireTensor wire = tensor.toWire(SPEC, List.of());

        assertThat(wire.header().getDtype()).isEqualTo(DataType.FLOAT16);
        assertThat(ByteString.copyFrom(wire.data().duplicate())).isEqualTo(tensor.data());
    }

    @Test
    void refusesOtherTypesShapesAndSizes() {
        ByteString eight = ByteString.copyFrom(new byte[8]);

        assertRefused(new InferTensor("features", "BF16", List.of(2L, 2L), eight), "datatype BF16");
        assertRefused(new InferTensor("features", "FP16", List.of(4L), eight), "dimensions");
        assertRefused(new InferTensor("features", "FP16", List.of(Long.MAX_VALUE, 2L), eight), "[1..4, 2]");
        assertRefused(new InferTensor("features", "FP16", List.of(-1L, 2L), eight), "[1..4, 2]");
        assertRefused(new InferTensor("features", "FP32", List.of(2L, 2L), eight), "takes 16");
    }

    @Test
    void refusesBytesWithAWrongLength() {
        for (String hex : List.of("", "0300", "0400000061", "ffffffff61", "000000")) {
            InferTensor tensor = new InferTensor("image", "BYTES", List.of(1L), ByteString.fromHex(hex));

            assertThatThrownBy(tensor::element).hasMessageContaining("length in front");
        }
        InferTensor two = new InferTensor("image", "BYTES", List.of(2L), ByteString.fromHex("0100000061"));
        assertThatThrownBy(two::element).hasMessageContaining("expected BYTES of [1]");
    }

    @Test
    void readsNoMoreNumbersThanAreAllowed() {
        InferTensor two = InferTensor.ofInts("layout", List.of(7, -1));
        assertThat(two.ints(2)).containsExactly(7, -1);

        assertThatThrownBy(() -> two.ints(1)).hasMessageContaining("expected INT32 of [0..1]");
        // Four times this is 0 in 64 bits.
        InferTensor wrapping = new InferTensor("layout", "INT32", List.of(1L << 62), ByteString.EMPTY);
        assertThatThrownBy(() -> wrapping.ints(2)).hasMessageContaining("expected INT32 of [0..2]");
    }

    @Test
    void refusesBothForms() {
        ModelInferRequest both = request("FP32", contents().addFp32Contents(1)).toBuilder()
                .addRawInputContents(ByteString.copyFrom(new byte[4]))
                .build();

        assertThatThrownBy(() -> InferTensor.of(both)).hasMessageContaining("both contents and raw_input_contents");
    }

    @Test
    void refusesAShapeOfManyDimensions() {
        ModelInferRequest.Builder request = request("FP32", contents()).toBuilder();
        request.getInputsBuilder(0).addAllShape(Collections.nCopies(1_000_000, 1L));

        assertThatThrownBy(() -> InferTensor.of(request.build())).hasMessageContaining("1,000,000 dimensions");
    }

    private static void assertRefused(InferTensor tensor, String message) {
        assertThatThrownBy(() -> tensor.toWire(SPEC, List.of()))
                .hasMessageContaining("INVALID_ARGUMENT")
                .hasMessageContaining(message);
    }

    private static InferTensorContents.Builder contents() {
        return InferTensorContents.newBuilder();
    }

    private static InferTensor typed(String datatype, InferTensorContents.Builder contents) {
        return InferTensor.of(request(datatype, contents)).get(0);
    }

    private static ModelInferRequest request(String datatype, InferTensorContents.Builder contents) {
        return ModelInferRequest.newBuilder()
                .addInputs(InferInputTensor.newBuilder()
                        .setName("features")
                        .setDatatype(datatype)
                        .setContents(contents))
                .build();
    }
}
