package dev.pargo.encoder;

import dev.pargo.models.image.ImageDecoder;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.ImageLimits;
import dev.pargo.models.image.ImagePreprocessor;
import dev.pargo.models.image.Preprocessing;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.stage.admission.AdmissionLimits;
import dev.pargo.stage.call.BatchedCall;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes pixel values of image files on a bounded pool: one thread a core, but no more than the heap, full of uploads,
 * can hold of the largest images. Its queue cannot overflow: whoever waits in it has been admitted, and leaves it when
 * the call ends.
 */
final class ImagePreparation implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ImagePreparation.class);

    /** Heap that a decoder needs, see {@link ImageLimits}. */
    private static final int BYTES_PER_PIXEL = 16;

    private final ImageDecoder decoder;
    private final ImagePreprocessor preprocessor;
    private final ThreadPoolExecutor pool;

    /** @param admission bounds the files that wait here */
    ImagePreparation(ImageLimits limits, Preprocessing preprocessing, AdmissionLimits admission) {
        this.decoder = new ImageDecoder(limits, preprocessing.convention());
        this.preprocessor = new ImagePreprocessor(preprocessing);
        int threads = threads(limits.maxPixels(), admission.maxSize().toBytes());
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(admission.maxRequests()),
                task -> new Thread(task, "image-preparation"));
    }

    private static int threads(long maxPixels, long uploadBytes) {
        Runtime runtime = Runtime.getRuntime();
        long largestImages = (runtime.maxMemory() - uploadBytes) / (maxPixels * BYTES_PER_PIXEL);
        if (largestImages < 1) {
            log.warn("The heap is too small for an image of {} pixels: raise -Xmx or lower the limit", maxPixels);
        }
        return (int) Math.max(1, Math.min(runtime.availableProcessors(), largestImages));
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
