package dev.pargo.evaluation.attack;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.ImageHeader;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Attacks on the gRPC ports of the stages, without a gateway's checks in between. */
final class StageAttacks {

    private static final int REPETITIONS = 50;
    private static final int UNREAD_CALLS = 24;
    private static final int UNSENT_CALLS = 100;
    private static final int UNSENT_TURNS = 8;
    private static final int LARGE = 8 << 20;
    /** Longer than the stages' time limit. */
    private static final Duration UNREAD_CALLS_END_WITHIN = Duration.ofSeconds(50);

    private static final Set<Status.Code> REFUSALS =
            Set.of(Status.Code.INVALID_ARGUMENT, Status.Code.RESOURCE_EXHAUSTED);

    private static final MethodDescriptor<Empty, Empty> REFLECTION = MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();

    private StageAttacks() {}

    /**
     * @param picture a small picture
     */
    static List<Attack> all(byte[] picture) {
        return List.of(
                new Attack("gRPC: negative, unreferenced and missing visual tokens", StageAttacks::visualTokens),
                new Attack("gRPC: headers that claim too much or too little", StageAttacks::headers),
                new Attack("gRPC: messages of 8 MB", StageAttacks::largeMessages),
                new Attack("gRPC: reflection", StageAttacks::reflection),
                new Attack("gRPC: pictures that are announced and never sent", StageAttacks::unsent),
                new Attack("gRPC: answers behind closed flow-control windows", target -> unread(target, picture)));
    }

    private static void visualTokens(StackUnderAttack target) throws IOException, InterruptedException {
        PromptSegment text = PromptSegment.newBuilder().setText("?").build();
        PromptSegment visual = PromptSegment.newBuilder().setVisual(0).build();
        List<GenerateStart> starts = new ArrayList<>();
        for (int tokens : List.of(-1, -1_000_000, Integer.MIN_VALUE, 0, 80, Integer.MAX_VALUE)) {
            GenerateStart.Builder start = GenerateStart.newBuilder().setMaxTokens(1);
            // Announced and never used.
            starts.add(start.clone().addPrompt(text).addVisualTokens(tokens).build());
            // Announced twice, and used once.
            starts.add(start.clone()
                    .addPrompt(visual)
                    .addVisualTokens(tokens)
                    .addVisualTokens(tokens)
                    .build());
            // Announced and used, but never sent.
            starts.add(start.clone().addPrompt(visual).addVisualTokens(tokens).build());
        }
        starts.add(GenerateStart.newBuilder().setMaxTokens(1).addPrompt(visual).build());
        for (int i = 0; i < REPETITIONS; i++) {
            for (GenerateStart start : starts) {
                expectRefusal(
                        target,
                        ServiceKind.LLM,
                        LlmGrpc.getGenerateMethod(),
                        Checksums.seal(GenerateRequest.newBuilder().setStart(start)));
            }
        }
    }

    private static void headers(StackUnderAttack target) throws IOException, InterruptedException {
        for (long size : List.of(-1L, 0L, Long.MIN_VALUE, 1L << 31, Long.MAX_VALUE)) {
            expectRefusal(
                    target,
                    ServiceKind.ENCODER,
                    EncoderGrpc.getEncodeMethod(),
                    Checksums.seal(EncodeRequest.newBuilder()
                            .setHeader(ImageHeader.newBuilder().setSizeBytes(size))));
            for (List<Long> shape : List.of(List.of(size, 192L), List.of(144L, size), List.of(size, size, size))) {
                expectRefusal(
                        target,
                        ServiceKind.PROJECTOR,
                        ProjectorGrpc.getProjectMethod(),
                        Checksums.seal(TensorChunk.newBuilder()
                                .setHeader(TensorHeader.newBuilder()
                                        .setName("features")
                                        .setDtypeValue(1)
                                        .addAllShape(shape))));
            }
        }
    }

    private static void largeMessages(StackUnderAttack target) throws IOException, InterruptedException {
        ByteString data = ByteString.copyFrom(new byte[LARGE]);
        TensorChunk chunk = Checksums.seal(TensorChunk.newBuilder().setData(data));
        for (int i = 0; i < REPETITIONS; i++) {
            expectRefusal(
                    target,
                    ServiceKind.ENCODER,
                    EncoderGrpc.getEncodeMethod(),
                    Checksums.seal(EncodeRequest.newBuilder().setData(data)));
            expectRefusal(target, ServiceKind.PROJECTOR, ProjectorGrpc.getProjectMethod(), chunk);
            expectRefusal(
                    target,
                    ServiceKind.LLM,
                    LlmGrpc.getGenerateMethod(),
                    GenerateRequest.newBuilder().setVisual(chunk).build());
        }
    }

    private static void reflection(StackUnderAttack target) throws IOException, InterruptedException {
        for (ServiceKind kind : ServiceKind.STAGES) {
            expect(target, Set.of(Status.Code.UNIMPLEMENTED), kind, REFLECTION, Empty.getDefaultInstance());
        }
    }

    /** Claims all of an encoder's memory and places, for many clients, again and again. */
    private static void unsent(StackUnderAttack target) throws IOException, InterruptedException {
        EncodeRequest header = Checksums.seal(
                EncodeRequest.newBuilder().setHeader(ImageHeader.newBuilder().setSizeBytes(LARGE)));
        try (StageConnection encoder = new StageConnection(target.grpcPort(ServiceKind.ENCODER))) {
            for (int turn = 0; turn < UNSENT_TURNS; turn++) {
                for (int i = 0; i < UNSENT_CALLS; i++) {
                    encoder.callAndSendOne(EncoderGrpc.getEncodeMethod(), header, "client-" + turn + "-" + i);
                }
                TimeUnit.SECONDS.sleep(1);
            }
            target.expectManyAdmitted(ServiceKind.ENCODER);
        }
    }

    /** Asks for answers, keeps the connections open without reading, and checks that the stages give up the answers. */
    private static void unread(StackUnderAttack target, byte[] picture) throws IOException, InterruptedException {
        List<StageConnection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < UNREAD_CALLS; i++) {
                StageConnection llm = new StageConnection(target.grpcPort(ServiceKind.LLM));
                connections.add(llm);
                llm.callAndReadNothing(
                        LlmGrpc.getGenerateMethod(),
                        List.of(Checksums.seal(GenerateRequest.newBuilder().setStart(longAnswer()))));
                StageConnection encoder = new StageConnection(target.grpcPort(ServiceKind.ENCODER));
                connections.add(encoder);
                encoder.callAndReadNothing(EncoderGrpc.getEncodeMethod(), parts(picture));
            }
            target.expectManyAdmitted(ServiceKind.LLM);
            target.expectManyAdmitted(ServiceKind.ENCODER);
            target.expectFewAdmitted(ServiceKind.LLM, UNREAD_CALLS_END_WITHIN);
            target.expectFewAdmitted(ServiceKind.ENCODER, UNREAD_CALLS_END_WITHIN);
        } finally {
            connections.forEach(StageConnection::close);
        }
    }

    private static GenerateStart longAnswer() {
        return GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setText("?"))
                .setMaxTokens(400)
                .setIgnoreEos(true)
                .setTopLogprobs(20)
                .build();
    }

    private static List<EncodeRequest> parts(byte[] picture) {
        return List.of(
                Checksums.seal(EncodeRequest.newBuilder()
                        .setHeader(ImageHeader.newBuilder().setSizeBytes(picture.length))),
                Checksums.seal(EncodeRequest.newBuilder().setData(ByteString.copyFrom(picture))));
    }

    private static <Q> void expectRefusal(
            StackUnderAttack target, ServiceKind kind, MethodDescriptor<Q, ?> method, Q message)
            throws IOException, InterruptedException {
        expect(target, REFUSALS, kind, method, message);
    }

    private static <Q> void expect(
            StackUnderAttack target, Set<Status.Code> codes, ServiceKind kind, MethodDescriptor<Q, ?> method, Q message)
            throws IOException, InterruptedException {
        try (StageConnection connection = new StageConnection(target.grpcPort(kind))) {
            Status status = connection.call(method, List.of(message));
            target.replies().add(status, codes, "the %s".formatted(kind.label()));
        }
    }
}
