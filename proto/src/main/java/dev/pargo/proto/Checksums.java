package dev.pargo.proto;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.pargo.proto.v1.EncodeRequest;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.TensorChunk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Computes and checks the CRC32C of a call's messages. It detects bytes that were damaged on the network or in the
 * memory of a service that forwarded them. TCP's own checksum misses about one damaged packet in ten thousand.
 *
 * <p>{@code seal} builds a message with the checksum of its part. {@code check} throws CHECKSUM_MISMATCH if the part
 * has changed since.
 */
public final class Checksums {

    private Checksums() {}

    public static TensorChunk seal(TensorChunk.Builder chunk) {
        return chunk.setCrc32C(part(chunk.buildPartial())).build();
    }

    public static EncodeRequest seal(EncodeRequest.Builder request) {
        return request.setCrc32C(part(request.buildPartial())).build();
    }

    public static GenerateRequest seal(GenerateRequest.Builder request) {
        return request.setCrc32C(part(request.buildPartial())).build();
    }

    public static GenerateResponse seal(GenerateResponse.Builder response) {
        return response.setCrc32C(part(response.buildPartial())).build();
    }

    public static void check(TensorChunk chunk) {
        compare(chunk.getCrc32C(), part(chunk), "a chunk of a tensor");
    }

    public static void check(EncodeRequest request) {
        compare(request.getCrc32C(), part(request), "a part of the image");
    }

    /** Does not check a visual chunk: the reader of the tensor does. */
    public static void check(GenerateRequest request) {
        if (!request.hasVisual()) {
            compare(request.getCrc32C(), part(request), "the start of the request");
        }
    }

    public static void check(GenerateResponse response) {
        compare(response.getCrc32C(), part(response), "a piece of the answer");
    }

    private static int part(TensorChunk chunk) {
        int part = chunk.getPartCase().getNumber();
        return switch (chunk.getPartCase()) {
            case HEADER -> of(part, chunk.getHeader());
            case DATA -> of(part, chunk.getData());
            case REPORT -> of(part, chunk.getReport());
            case PART_NOT_SET -> of(part, ByteString.EMPTY);
        };
    }

    private static int part(EncodeRequest request) {
        int part = request.getPartCase().getNumber();
        return switch (request.getPartCase()) {
            case HEADER -> of(part, request.getHeader());
            case DATA -> of(part, request.getData());
            case PART_NOT_SET -> of(part, ByteString.EMPTY);
        };
    }

    private static int part(GenerateRequest request) {
        return of(request.getPartCase().getNumber(), request.getStart());
    }

    private static int part(GenerateResponse response) {
        int part = response.getEventCase().getNumber();
        return switch (response.getEventCase()) {
            case QUEUED -> of(part, response.getQueued());
            case STARTED -> of(part, response.getStarted());
            case DELTA -> of(part, response.getDelta());
            case FINISHED -> of(part, response.getFinished());
            case EVENT_NOT_SET -> of(part, ByteString.EMPTY);
        };
    }

    private static int of(int part, MessageLite message) {
        return of(part, message.toByteString());
    }

    /** Reads the bytes without copying them. */
    private static int of(int part, ByteString bytes) {
        Sum sum = new Sum();
        sum.write((byte) part);
        try {
            UnsafeByteOperations.unsafeWriteTo(bytes, sum);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return (int) sum.crc.getValue();
    }

    private static void compare(int sent, int arrived, String what) {
        if (sent != arrived) {
            throw new StageError(ErrorReason.CHECKSUM_MISMATCH, what + " was damaged in transit").toException();
        }
    }

    /** Discards the bytes; only their checksum is needed. */
    private static final class Sum extends ByteOutput {

        private final CRC32C crc = new CRC32C();

        @Override
        public void write(byte value) {
            crc.update(value);
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            crc.update(value, offset, length);
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            crc.update(value, offset, length);
        }

        @Override
        public void write(ByteBuffer value) {
            crc.update(value);
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            crc.update(value);
        }
    }
}
