package dev.pargo.encoder;

import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.image.file.OpenImage;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes image files to pixel values, on two lanes of threads. The quick lane reads every file's header and decodes
 * small images at once. Large images go to the slow lane, which bounds their memory and work and starts with the least
 * work. So a small image never waits behind a large one. Thread-safe.
 */
final class ImagePreparation implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ImagePreparation.class);

    /** Heap for everything that is not an image. */
    private static final long OTHER_BYTES = 96 << 20;

    /** All small images together get this fraction of the memory for images. */
    private static final int QUICK_FRACTION = 4;

    private static final int MOST_QUICK_THREADS = 4;

    /** Images get at least this fraction of the heap, even if uploads may fill most of it. */
    private static final int LEAST_FRACTION = 3;

    /** Work of a small image in pixels: some 50 ms. */
    private static final long QUICK_WORK = 4_000_000;

    private final ImageDecoder decoder;
    private final ImageCutter cutter;
    private final long quickBytes;
    private final DecodingBudget budget;
    private final Lane quick;
    private final Lane slow;

    /**
     * @param maxWaitingPixels most pixels of large images that wait or are being decoded
     * @param bytes            memory of all images that are being decoded
     */
    ImagePreparation(ImageLimits limits, ImageCutter cutter, long maxWaitingPixels, long bytes) {
        this.decoder = new ImageDecoder(limits, cutter.convention());
        this.cutter = cutter;
        int cores = Runtime.getRuntime().availableProcessors();
        int quickThreads = Math.min(cores, MOST_QUICK_THREADS);
        this.quickBytes = bytes / QUICK_FRACTION / quickThreads;
        this.budget = new DecodingBudget(bytes - bytes / QUICK_FRACTION, maxWaitingPixels);
        if (limits.maxPixels() * ImageLimits.BYTES_PER_PIXEL > bytes) {
            log.warn(
                    "The heap is too small for some images of {} pixels: raise -Xmx or lower the limit",
                    limits.maxPixels());
        }
        this.quick = new Lane("small-images", quickThreads);
        this.slow = new Lane("large-images", cores);
    }

    /**
     * Returns the memory for images in this JVM.
     *
     * @param uploadBytes heap that uploads may fill
     */
    static long memory(long uploadBytes) {
        long heap = Runtime.getRuntime().maxMemory();
        return Math.max(heap / LEAST_FRACTION, heap - uploadBytes - OTHER_BYTES);
    }

    /**
     * Decodes a file.
     *
     * @param alone     whether the prompt shows this picture only
     * @param admission is told the pieces of the picture when the file's header has been read. If it throws, the file is
     *     not decoded
     * @return fails with a StatusRuntimeException if the file is refused, or QUEUE_FULL if too many large ones are
     *     waiting; cancelling it stops the work within a fraction of a second
     */
    CompletableFuture<PreparedImage> prepare(byte[] file, boolean alone, Consumer<PictureLayout> admission) {
        CompletableFuture<PreparedImage> result = new CompletableFuture<>();
        quick.run(() -> attempt(result, () -> open(file, alone, admission, result)), 0, result);
        return result;
    }

    private void open(
            byte[] file, boolean alone, Consumer<PictureLayout> admission, CompletableFuture<PreparedImage> result) {
        OpenImage image = decoder.open(file);
        admission.accept(cutter.layout(image.width(), image.height(), alone));
        if (image.work() <= QUICK_WORK && image.memory() <= quickBytes) {
            result.complete(prepare(image, alone));
            return;
        }
        DecodingBudget.Share share = budget.admit(image);
        slow.run(() -> attempt(result, () -> prepare(image, alone, share, result)), image.work(), result);
        result.whenComplete((prepared, error) -> share.abandon());
    }

    private void prepare(
            OpenImage image, boolean alone, DecodingBudget.Share share, CompletableFuture<PreparedImage> result) {
        PreparedImage prepared = null;
        try (share) {
            if (share.begin()) {
                prepared = prepare(image, alone);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (prepared != null) {
            result.complete(prepared);
        }
    }

    private PreparedImage prepare(OpenImage image, boolean alone) {
        long start = System.nanoTime();
        return new PreparedImage(cutter.cut(image.decode(), alone), Duration.ofNanos(System.nanoTime() - start));
    }

    private static void attempt(CompletableFuture<?> result, Runnable step) {
        try {
            step.run();
        } catch (ImageException e) {
            result.completeExceptionally(new StageError(reason(e), e.getMessage()).toException());
        } catch (RuntimeException | OutOfMemoryError e) {
            result.completeExceptionally(e);
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

    /** Pixels of large images that are waiting or being decoded. */
    long work() {
        return budget.work();
    }

    @Override
    public void close() {
        quick.close();
        slow.close();
    }
}
