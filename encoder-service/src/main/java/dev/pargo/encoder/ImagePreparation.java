package dev.pargo.encoder;

import dev.pargo.models.image.ImageDecoder;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.ImagePreprocessor;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.stage.call.BatchedCall;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Makes pixel values of image files on a bounded pool, one thread a core. Its queue cannot overflow: whoever waits in it
 * has been admitted, and leaves it when the call ends.
 */
final class ImagePreparation implements AutoCloseable {

    private final ImageDecoder decoder;
    private final ImagePreprocessor preprocessor;
    private final ThreadPoolExecutor pool;

    /** @param maxRequests most requests that are admitted at once */
    ImagePreparation(ImageDecoder decoder, ImagePreprocessor preprocessor, int maxRequests) {
        this.decoder = decoder;
        this.preprocessor = preprocessor;
        int cores = Runtime.getRuntime().availableProcessors();
        this.pool = new ThreadPoolExecutor(
                cores,
                cores,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(maxRequests),
                task -> new Thread(task, "image-preparation"));
    }

    /** Prepares a file and submits it, or fails the call. */
    void prepare(byte[] file, BatchedCall<HostTensor> call) {
        Runnable task = () -> run(file, call);
        call.whenOver(() -> pool.remove(task));
        pool.execute(task);
    }

    private void run(byte[] file, BatchedCall<HostTensor> call) {
        if (call.isOver()) {
            return;
        }
        try {
            long start = System.nanoTime();
            HostTensor pixelValues = preprocessor.preprocess(decoder.decode(file));
            call.submit(pixelValues, Duration.ofNanos(System.nanoTime() - start));
        } catch (ImageException e) {
            call.fail(new StageError(reason(e), e.getMessage()).toException());
        } catch (RuntimeException | OutOfMemoryError e) {
            call.fail(e);
        }
    }

    private static ErrorReason reason(ImageException e) {
        return switch (e.reason()) {
            case UNSUPPORTED_FORMAT -> ErrorReason.IMAGE_UNSUPPORTED_FORMAT;
            case UNDECODABLE -> ErrorReason.IMAGE_UNDECODABLE;
            case TOO_MANY_BYTES -> ErrorReason.IMAGE_TOO_LARGE;
            case TOO_MANY_PIXELS -> ErrorReason.IMAGE_TOO_MANY_PIXELS;
        };
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
