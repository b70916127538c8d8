package dev.pargo.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.stage.call.BatchedStage;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/** A model that takes pictures of any size. The largest one fills the memory for requests. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.grpc.server.port=0",
            "pargo.stage.model=../models/src/test/families/qwen2_5_vl/model",
            "pargo.stage.admission.max-size=250KB"
        })
class RaggedPicturesTest {

    private static final int PICTURES = 8;

    @Autowired
    private GrpcServerLifecycle server;

    @Autowired
    private BatchedStage<PicturePixels> stage;

    @Test
    void smallPicturesTakeOnlyTheMemoryThatTheyNeed() throws Exception {
        byte[] file = Files.readAllBytes(Path.of("../models/src/test/families/qwen2_5_vl/images/tiny.png"));
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        try {
            List<BlockingClientCall<EncodeRequest, TensorChunk>> calls = new ArrayList<>();
            for (int i = 0; i < PICTURES; i++) {
                BlockingClientCall<EncodeRequest, TensorChunk> call = EncoderGrpc.newBlockingV2Stub(channel)
                        .withDeadlineAfter(20, TimeUnit.SECONDS)
                        .encode();
                call.write(Checksums.seal(EncodeRequest.newBuilder()
                        .setHeader(ImageHeader.newBuilder().setSizeBytes(file.length))));
                calls.add(call);
            }
            await().until(() -> stage.admission().requests() == PICTURES);
            for (BlockingClientCall<EncodeRequest, TensorChunk> call : calls) {
                call.write(Checksums.seal(EncodeRequest.newBuilder().setData(ByteString.copyFrom(file))));
                call.halfClose();
            }
            for (BlockingClientCall<EncodeRequest, TensorChunk> call : calls) {
                assertThat(call.read().getHeader().getShapeList()).first().isEqualTo(16L);
                call.cancel("enough", null);
            }
        } finally {
            channel.shutdownNow();
        }
        await().untilAsserted(() -> assertThat(stage.admission().bytes()).isZero());
    }
}
