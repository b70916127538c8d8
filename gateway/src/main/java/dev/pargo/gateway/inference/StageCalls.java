package dev.pargo.gateway.inference;

import dev.pargo.gateway.pipeline.StageKind;
import dev.pargo.gateway.replica.Choice;
import dev.pargo.gateway.replica.Replica;
import dev.pargo.proto.CallHeaders;
import dev.pargo.proto.v1.AttendRequest;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.EncoderGrpc;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.ProjectorGrpc;
import dev.pargo.proto.v1.TensorChunk;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.MetadataUtils;
import java.util.function.BooleanSupplier;

/**
 * The calls of one thread of a request, each to the replica that its route names. Every call gets the rest of the
 * request's time.
 */
final class StageCalls {

    /** Chunks of a tensor that may arrive before they are passed on; each has at most 1 MiB. */
    private static final int CHUNKS_AHEAD = 1;

    /** Pieces of an answer that may arrive before they are passed on. */
    private static final int PIECES_AHEAD = 32;

    private final ReplicaChoice route;
    private final RequestScope scope;
    private final ClientInterceptor headers;

    StageCalls(ReplicaChoice route, RequestScope scope) {
        this.route = route;
        this.scope = scope;
        Metadata metadata = new Metadata();
        metadata.put(CallHeaders.REQUEST_ID, scope.id());
        metadata.put(CallHeaders.CLIENT, scope.client());
        this.headers = MetadataUtils.newAttachHeadersInterceptor(metadata);
    }

    /** The calls of a thread that helps. It does not wait for replicas. */
    StageCalls forHelper(RequestScope its) {
        return new StageCalls(route.withoutWaiting(), its);
    }

    /** A picture goes to the least loaded encoder. */
    StageCall<EncodeRequest, TensorChunk> encode() throws StageException, SetGoneException {
        return start(
                StageKind.ENCODER, Choice.leastLoaded(), 1, EncoderGrpc.getEncodeMethod(), CHUNKS_AHEAD, () -> true);
    }

    /** Features go to the least loaded projector. */
    StageCall<TensorChunk, TensorChunk> project() throws StageException, SetGoneException {
        return start(
                StageKind.PROJECTOR,
                Choice.leastLoaded(),
                1,
                ProjectorGrpc.getProjectMethod(),
                CHUNKS_AHEAD,
                () -> true);
    }

    /** Features whose attention is requested go to the least loaded projector. */
    StageCall<AttendRequest, TensorChunk> attend() throws StageException, SetGoneException {
        return start(
                StageKind.PROJECTOR,
                Choice.leastLoaded(),
                1,
                ProjectorGrpc.getAttendMethod(),
                CHUNKS_AHEAD,
                () -> true);
    }

    /**
     * A prompt goes to the LLM that has its beginning in the KV cache.
     *
     * @param key       of the prompt's beginning
     * @param sequences number of answers to the prompt
     * @param room      load below which the LLM of the key is used without comparing it with others
     * @param mayMove   whether another LLM could still answer instead, because nothing has been sent to the client
     */
    StageCall<GenerateRequest, GenerateResponse> generate(long key, int sequences, int room, BooleanSupplier mayMove)
            throws StageException, SetGoneException {
        return start(
                StageKind.LLM,
                Choice.affine(key, sequences, room),
                sequences,
                LlmGrpc.getGenerateMethod(),
                PIECES_AHEAD,
                mayMove);
    }

    /** Calls without generation go to the least loaded LLM. */
    <Q, R> StageCall<Q, R> ask(MethodDescriptor<Q, R> method) throws StageException, SetGoneException {
        return start(StageKind.LLM, Choice.leastLoaded(), 1, method, CHUNKS_AHEAD, () -> true);
    }

    private <Q, R> StageCall<Q, R> start(
            StageKind stage,
            Choice choice,
            int weight,
            MethodDescriptor<Q, R> method,
            int window,
            BooleanSupplier mayMove)
            throws StageException, SetGoneException {
        Replica<?> replica = route.pick(stage, choice);
        return new StageCall<>(
                stage,
                replica,
                replica.lease(weight),
                new StreamingCall<>(
                        ClientInterceptors.intercept(replica.channel(), headers),
                        method,
                        CallOptions.DEFAULT.withDeadline(scope.deadline()),
                        window),
                scope,
                () -> mayMove.getAsBoolean() && route.hasOther(stage, replica));
    }
}
