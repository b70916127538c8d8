package dev.pargo.stage.inference;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/**
 * Keeps the ordinary limit of messages for all methods but one. gRPC has one limit for a server, and collects a message up to
 * it before a call can be admitted.
 */
final class MessageLimit extends ServerStreamTracer.Factory {

    private final long most;
    private final String exempt;

    /**
     * @param most   most bytes of a message
     * @param exempt full name of the method whose messages may be larger
     */
    MessageLimit(long most, String exempt) {
        this.most = most;
        this.exempt = exempt;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return method.equals(exempt) ? new ServerStreamTracer() {} : new Limited();
    }

    /** Told of a message's bytes while they arrive. What it throws ends the stream, as gRPC's own limit does. */
    private final class Limited extends ServerStreamTracer {

        private long wire;
        private long uncompressed;

        @Override
        public void inboundMessage(int number) {
            wire = 0;
            uncompressed = 0;
        }

        @Override
        public void inboundWireSize(long bytes) {
            wire += bytes;
            check(wire);
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            uncompressed += bytes;
            check(uncompressed);
        }

        private void check(long size) {
            if (size > most) {
                throw Status.RESOURCE_EXHAUSTED
                        .withDescription("gRPC message exceeds maximum size %d".formatted(most))
                        .asRuntimeException();
            }
        }
    }
}
