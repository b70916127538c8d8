package dev.pargo.encoder;

import com.google.protobuf.ByteString;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.StatusRuntimeException;
import java.util.Locale;

/**
 * Receives the bytes of one image file: exactly as many as its header announced. Memory is allocated as they arrive.
 * Not thread-safe.
 */
final class ImageUpload {

    private final int size;
    private ByteString received = ByteString.EMPTY;

    private ImageUpload(int size) {
        this.size = size;
    }

    /**
     * Checks the size that is announced for a file.
     *
     * @return the size in bytes
     * @throws StatusRuntimeException IMAGE_UNDECODABLE for an empty file, IMAGE_TOO_LARGE
     */
    static int checkSize(long size, long maxBytes) {
        if (size < 1) {
            throw refusal(ErrorReason.IMAGE_UNDECODABLE, "the image is empty");
        }
        if (size > maxBytes) {
            throw refusal(
                    ErrorReason.IMAGE_TOO_LARGE,
                    String.format(Locale.ROOT, "the image has %,d bytes; at most %,d are accepted", size, maxBytes));
        }
        return Math.toIntExact(size);
    }

    /** Begins an upload of a checked size. */
    static ImageUpload ofSize(int size) {
        return new ImageUpload(size);
    }

    void append(ByteString data) {
        if (data.size() > size - received.size()) {
            throw refusal(ErrorReason.MALFORMED_STREAM, "the image has more bytes than its header announced");
        }
        received = received.concat(data);
    }

    /** Returns the whole file. Call it once, when the stream has ended. */
    byte[] finish() {
        if (received.size() < size) {
            throw refusal(ErrorReason.MALFORMED_STREAM, "the image has fewer bytes than its header announced");
        }
        byte[] file = received.toByteArray();
        received = ByteString.EMPTY;
        return file;
    }

    private static StatusRuntimeException refusal(ErrorReason reason, String message) {
        return new StageError(reason, message).toException();
    }
}
