package dev.pargo.models.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/** A new file, written from its start to its end. */
final class WeightOutput implements ZipOutput.Destination, AutoCloseable {

    private final Path path;
    private final FileChannel channel;

    private WeightOutput(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws CheckpointException if the file exists already or cannot be created */
    static WeightOutput create(Path path) {
        try {
            return new WeightOutput(
                    path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (FileAlreadyExistsException e) {
            throw new CheckpointException(path, "exists already", e);
        } catch (IOException e) {
            throw problem(path, "made", e);
        }
    }

    @Override
    public long position() {
        try {
            return channel.position();
        } catch (IOException e) {
            throw problem("written", e);
        }
    }

    @Override
    public void write(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw problem("written", e);
        }
    }

    @Override
    public void rewrite(long position, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                position += channel.write(bytes, position);
            }
        } catch (IOException e) {
            throw problem("written", e);
        }
    }

    /** @param out receives the values and passes them to this file */
    void write(WrittenTensor tensor, TensorValues values, Consumer<ByteBuffer> out) {
        long start = position();
        values.write(tensor, out);
        long written = position() - start;
        if (written != tensor.bytes()) {
            throw new IllegalArgumentException(
                    "tensor %s has %d bytes, but %d were given".formatted(tensor.name(), tensor.bytes(), written));
        }
    }

    private CheckpointException problem(String verb, IOException e) {
        return problem(path, verb, e);
    }

    private static CheckpointException problem(Path path, String verb, IOException e) {
        return new CheckpointException(path, "cannot be %s: %s".formatted(verb, e.getMessage()), e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw problem("closed", e);
        }
    }
}
