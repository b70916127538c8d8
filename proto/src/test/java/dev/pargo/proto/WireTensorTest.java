package dev.pargo.proto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.StageReport;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WireTensorTest {

    private static final int TOKENS = 700;
    private static final int WIDTH = 512;

    private final WireTensor tensor = randomTensor();

    @Test
    void comesApartAndTogetherAgain() {
        TensorAssembler assembler =
                new TensorAssembler(new TensorSpec("features", Set.of(DataType.FLOAT32), TOKENS, TOKENS, WIDTH));

        tensor.chunks(100_003).forEachRemaining(assembler::accept);

        assertThat(assembler.finish().data()).isEqualTo(tensor.data());
    }

    @Test
    void fitsTheContractsMessagesAndEndsWithItsReport() {
        StageReport report = StageReport.newBuilder().setBatchSize(3).build();
        List<TensorChunk> chunks = new ArrayList<>();

        tensor.chunks(report).forEachRemaining(chunks::add);

        assertThat(chunks)
                .hasSize(5)
                .allSatisfy(chunk -> assertThat(chunk.getSerializedSize()).isLessThan(1 << 20));
        assertThat(chunks.get(0).getHeader()).isEqualTo(tensor.header());
        assertThat(chunks.get(4).getReport()).isEqualTo(report);
    }

    private static WireTensor randomTensor() {
        byte[] bytes = new byte[TOKENS * WIDTH * Float.BYTES];
        new Random(5).nextBytes(bytes);
        TensorHeader header = TensorHeader.newBuilder()
                .setName("features")
                .setDtype(DataType.FLOAT32)
                .addShape(TOKENS)
                .addShape(WIDTH)
                .build();
        return new WireTensor(header, ByteBuffer.wrap(bytes));
    }
}
