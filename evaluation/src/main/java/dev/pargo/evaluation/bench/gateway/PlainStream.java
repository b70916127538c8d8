package dev.pargo.evaluation.bench.gateway;

import static io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;

/**
 * A stream of bytes over gRPC: no protobuf, no checksums, no tensor. What a tensor stream is slower than this is its own
 * cost; what this is slower than TCP is gRPC's.
 */
final class PlainStream {

    private static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(SERVER_STREAMING)
            .setFullMethodName("pargo.bench.Plain/Stream")
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private PlainStream() {}

    /** Answers every call with so many bytes, in messages of the size of a tensor's chunk. */
    static ServerServiceDefinition service(int bytes) {
        byte[] message = new byte[TensorTransfer.PIECE];
        byte[] last = new byte[bytes % message.length];
        return ServerServiceDefinition.builder("pargo.bench.Plain")
                .addMethod(METHOD, ServerCalls.asyncServerStreamingCall((request, response) -> {
                    for (int i = 0; i < bytes / message.length; i++) {
                        response.onNext(message);
                    }
                    response.onNext(last);
                    response.onCompleted();
                }))
                .build();
    }

    /** Calls once; returns how many bytes have come. */
    static long receive(Channel channel) {
        Iterator<byte[]> answer =
                ClientCalls.blockingServerStreamingCall(channel, METHOD, CallOptions.DEFAULT, new byte[0]);
        long bytes = 0;
        while (answer.hasNext()) {
            bytes += answer.next().length;
        }
        return bytes;
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new Message(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                byte[] bytes = new byte[stream.available()];
                stream.readNBytes(bytes, 0, bytes.length);
                return bytes;
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    /** Its length is known, so gRPC does not collect it first. */
    private static final class Message extends ByteArrayInputStream implements KnownLength {

        Message(byte[] bytes) {
            super(bytes);
        }
    }
}
