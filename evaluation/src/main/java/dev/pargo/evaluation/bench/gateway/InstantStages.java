package dev.pargo.evaluation.bench.gateway;

import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.PromptDescription;
import dev.pargo.proto.v1.RequestLimits;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TensorHeader;
import dev.pargo.proto.v1.TokenTensor;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An encoder, a projector and an LLM behind one port, which compute nothing and answer at once. Their tensors have the
 * shapes of the ParGo release in bfloat16: features [576, 1024], visual tokens [304, 4096].
 */
final class InstantStages implements AutoCloseable {

    private static final TokenTensor FEATURES = tensor(576, 1024);
    private static final TokenTensor VISUAL_TOKENS = tensor(304, 4096);

    private final InstantLlm llm;
    private final Server server;

    private InstantStages(InstantLlm llm, Server server) {
        this.llm = llm;
        this.server = server;
    }

    static InstantStages start() throws IOException {
        InstantLlm llm = new InstantLlm(LlmDescription.newBuilder()
                .setIdentity(identity("internlm2"))
                .setVisualInput(TokenTensor.newBuilder()
                        .setWidth(VISUAL_TOKENS.getWidth())
                        .addDtypes(DataType.BFLOAT16))
                .setContextTokens(4096)
                .setVocabulary(92_544)
                .setMaxSequences(256)
                .setLimits(RequestLimits.newBuilder().setPromptBytes(250_000))
                .setMaxVisualTensors(4)
                .setPrompt(PromptDescription.newBuilder().setOrigin("none").setOpening("<s>"))
                .build());
        InstantEncoder encoder = new InstantEncoder(
                EncoderDescription.newBuilder()
                        .setIdentity(identity("eva02-clip"))
                        .setImageSize(336)
                        .setOutput(FEATURES)
                        .setMaxImageBytes(20_000_000)
                        .setMaxImagePixels(50_000_000)
                        .build(),
                zeros(TensorSpec.FEATURES, FEATURES, "eva02-clip"));
        InstantProjector projector = new InstantProjector(
                ProjectorDescription.newBuilder()
                        .setIdentity(identity("pargo"))
                        .setInput(FEATURES)
                        .setOutput(VISUAL_TOKENS)
                        .build(),
                zeros(TensorSpec.VISUAL_TOKENS, VISUAL_TOKENS, "pargo"));
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(encoder)
                .addService(projector)
                .addService(llm)
                .addService(PlainStream.service(FEATURES.getTokens() * FEATURES.getWidth() * 2))
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        return new InstantStages(llm, server);
    }

    int port() {
        return server.getPort();
    }

    /** The gateway's settings for these stages. */
    Map<String, String> settings() {
        return ServiceKind.STAGES.stream()
                .collect(Collectors.toMap("PARGO_%s_PORT"::formatted, kind -> String.valueOf(port())));
    }

    /** Sets the time between two steps, each of which writes a token of every answer; zero for all at once. */
    void pace(Duration perToken) {
        llm.pace(perToken);
    }

    @Override
    public void close() {
        server.shutdownNow();
        llm.close();
    }

    private static StageIdentity identity(String network) {
        return StageIdentity.newBuilder()
                .setBundle("instant")
                .setBundleRevision("1")
                .setNetwork(network)
                .setFingerprint(network)
                .build();
    }

    private static TokenTensor tensor(int tokens, int width) {
        return TokenTensor.newBuilder()
                .setTokens(tokens)
                .setWidth(width)
                .addDtypes(DataType.BFLOAT16)
                .build();
    }

    private static WireTensor zeros(String name, TokenTensor shape, String producer) {
        TensorHeader header = TensorHeader.newBuilder()
                .setName(name)
                .setDtype(shape.getDtypes(0))
                .addShape(shape.getTokens())
                .addShape(shape.getWidth())
                .setProducer(producer)
                .build();
        int bytes = shape.getTokens() * shape.getWidth() * TensorSpec.bytes(shape.getDtypes(0));
        return new WireTensor(header, ByteBuffer.allocateDirect(bytes));
    }
}
