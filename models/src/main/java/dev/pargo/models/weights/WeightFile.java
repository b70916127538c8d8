package dev.pargo.models.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A regular file, opened for reading at positions. */
final class WeightFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private WeightFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    static WeightFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path, Files.exists(path) ? "is not a regular file" : "does not exist");
        }
        try {
            return new WeightFile(path, FileChannel.open(path));
        } catch (IOException e) {
            throw new CheckpointException(path, "cannot be opened", e);
        }
    }

    Path path() {
        return path;
    }

    /** Bytes in the file when it was opened. */
    long size() {
        return size;
    }

    /** Reads exactly {@code length} bytes, little-endian. The caller has bounded the length. */
    ByteBuffer read(long position, int length) {
        if (position < 0 || length < 0 || position > size - length) {
            throw new CheckpointException(
                    path, "is truncated: %d bytes at %d are beyond its end at %d".formatted(length, position, size));
        }
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + buffer.position()) < 0) {
                    throw new CheckpointException(path, "was truncated while being read");
                }
            }
        } catch (IOException e) {
            throw new CheckpointException(path, "cannot be read", e);
        }
        return buffer.flip();
    }

    CheckpointException problem(String problem) {
        return new CheckpointException(path, problem);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CheckpointException(path, "cannot be closed", e);
        }
    }
}
