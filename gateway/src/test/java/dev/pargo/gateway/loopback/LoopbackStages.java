package dev.pargo.gateway.loopback;

import dev.pargo.proto.CallHeaders;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.ProjectorDescription;
import dev.pargo.proto.v1.PromptDescription;
import dev.pargo.proto.v1.RequestLimits;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An encoder, a projector and an LLM that fit each other, each on its own port. */
public final class LoopbackStages implements AutoCloseable {

    public final LoopbackEncoder encoder;
    public final LoopbackProjector projector;
    public final LoopbackLlm llm;

    /** W3C's header of each call that has one. */
    public final BlockingQueue<String> traceParents = new LinkedBlockingQueue<>();

    /** Of all stages. */
    public final HealthStatusManager health = new HealthStatusManager();

    /** Method and request id of each call. */
    public final BlockingQueue<String> requestIds = new LinkedBlockingQueue<>();

    private Server encoderServer;
    private final Server projectorServer;
    private Server llmServer;
    private final int encoderPort;
    private final int llmPort;

    public LoopbackStages() throws IOException {
        encoder = new LoopbackEncoder(EncoderDescription.newBuilder()
                .setIdentity(identity("eva02-clip", "e1"))
                .setImageSize(336)
                .setOutput(tensor(576, 1024))
                .setMaxImageBytes(1_000_000)
                .setMaxImagePixels(25_000_000)
                .build());
        projector = new LoopbackProjector(ProjectorDescription.newBuilder()
                .setIdentity(identity("pargo", "p1"))
                .setInput(tensor(576, 1024))
                .setOutput(tensor(304, 4096))
                .build());
        llm = new LoopbackLlm(LlmDescription.newBuilder()
                .setIdentity(identity("internlm2", "l1"))
                .setVisualInput(TokenTensor.newBuilder().setWidth(4096).addDtypes(DataType.FLOAT32))
                .setContextTokens(2048)
                .setVocabulary(1000)
                .setMaxSequences(4)
                .setLimits(RequestLimits.newBuilder().setPromptBytes(250_000))
                .setMaxVisualTensors(3)
                .setPrompt(PromptDescription.newBuilder().setOrigin("loopback").setOpening("<s>"))
                .build());
        encoderServer = serve(encoder, 0);
        projectorServer = serve(projector, 0);
        llmServer = serve(llm, 0);
        encoderPort = encoderServer.getPort();
        llmPort = llmServer.getPort();
    }

    public static StageIdentity identity(String network, String fingerprint) {
        return StageIdentity.newBuilder()
                .setBundle("loopback")
                .setBundleRevision("r1")
                .setNetwork(network)
                .setFingerprint(fingerprint)
                .build();
    }

    public static TokenTensor tensor(int tokens, int width) {
        return TokenTensor.newBuilder()
                .setTokens(tokens)
                .setWidth(width)
                .addDtypes(DataType.FLOAT32)
                .build();
    }

    /** The gateway's configuration of these stages. */
    public String[] targets() {
        return targets(0, encoderTarget(), projectorTarget(), llmTarget());
    }

    /** The gateway's configuration of some stages. */
    public static String[] targets(int index, String encoder, String projector, String llm) {
        String pipeline = "--pargo.pipelines[" + index + "].";
        return new String[] {
            pipeline + "encoder=" + encoder, pipeline + "projector=" + projector, pipeline + "llm=" + llm
        };
    }

    public String encoderTarget() {
        return "static://127.0.0.1:" + encoderPort;
    }

    public String projectorTarget() {
        return "static://127.0.0.1:" + projectorServer.getPort();
    }

    public String llmTarget() {
        return "static://127.0.0.1:" + llmPort;
    }

    public int encoderPort() {
        return encoderPort;
    }

    public int projectorPort() {
        return projectorServer.getPort();
    }

    public int llmPort() {
        return llmPort;
    }

    /** Gives all stages other weights, of another revision of the bundle. */
    public void serve(String revision) {
        encoder.description = encoder.description.toBuilder()
                .setIdentity(revised(encoder.description.getIdentity(), revision))
                .build();
        projector.description = projector.description.toBuilder()
                .setIdentity(revised(projector.description.getIdentity(), revision))
                .build();
        llm.description = llm.description.toBuilder()
                .setIdentity(revised(llm.description.getIdentity(), revision))
                .build();
    }

    private static StageIdentity revised(StageIdentity identity, String revision) {
        return identity.toBuilder()
                .setBundleRevision(revision)
                .setFingerprint(identity.getNetwork() + "-" + revision)
                .build();
    }

    public void stopEncoder() throws InterruptedException {
        encoderServer.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    public void startEncoder() throws IOException {
        encoderServer = serve(encoder, encoderPort);
    }

    public void stopLlm() throws InterruptedException {
        llmServer.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }

    public void startLlm() throws IOException {
        llmServer = serve(llm, llmPort);
    }

    /** All stages behave normally again, and their records are cleared. */
    public void reset() {
        encoder.behaviour.reset();
        encoder.producer = "";
        projector.behaviour.reset();
        llm.reset();
        requestIds.clear();
        traceParents.clear();
    }

    @Override
    public void close() {
        encoderServer.shutdownNow();
        projectorServer.shutdownNow();
        llmServer.shutdownNow();
    }

    /** Notes the method and the request id of each call that has one. */
    private final class IdNotes implements ServerInterceptor {

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String id = headers.get(CallHeaders.REQUEST_ID);
            if (id != null) {
                requestIds.add(call.getMethodDescriptor().getBareMethodName() + " " + id);
            }
            String trace = headers.get(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER));
            if (trace != null) {
                traceParents.add(trace);
            }
            return next.startCall(call, headers);
        }
    }

    private Server serve(BindableService stage, int port) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(ServerInterceptors.intercept(stage, new IdNotes()))
                .addService(health.getHealthService())
                .build()
                .start();
    }
}
