package dev.pargo.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ImagePreparationTest {

    private static final int SIDE = 3000;
    private static final long PLENTY = 1 << 30;
    private static final ModelBundle BUNDLE = ModelBundle.read(Path.of("../bundle/pargo-mini"));

    /** Decoding these takes several times as long as the test's longest wait. */
    private static final int MANY_SCANS = 350;

    private final List<ImagePreparation> opened = new ArrayList<>();

    private static void admit(PictureLayout pixels) {
        // There is room for everything.
    }

    @AfterEach
    void close() {
        opened.forEach(ImagePreparation::close);
    }

    @Test
    void smallImagesNeverWaitBehindLargeOnes() throws Exception {
        ImagePreparation preparation = preparation(Long.MAX_VALUE, PLENTY);
        byte[] large = progressive(MANY_SCANS);
        List<CompletableFuture<PreparedImage>> slow = new ArrayList<>();
        for (int i = 0; i < 2 + Runtime.getRuntime().availableProcessors(); i++) {
            slow.add(preparation.prepare(large, true, ImagePreparationTest::admit));
        }
        await().until(() -> preparation.work() > 0);

        for (int i = 0; i < 20; i++) {
            assertThat(preparation
                            .prepare(png(100), true, ImagePreparationTest::admit)
                            .get(20, TimeUnit.SECONDS)
                            .pixels()
                            .pieces()
                            .get(0)
                            .shape())
                    .containsExactly(3, 168, 168);
        }

        assertThat(slow).noneMatch(CompletableFuture::isDone);
        slow.forEach(image -> image.cancel(true));
    }

    @Test
    void cancelledImagesStopBeingDecodedAndLeaveTheQueue() throws Exception {
        ImagePreparation preparation = preparation(Long.MAX_VALUE, PLENTY);
        byte[] large = progressive(MANY_SCANS);
        List<CompletableFuture<PreparedImage>> slow = new ArrayList<>();
        for (int i = 0; i < 2 + Runtime.getRuntime().availableProcessors(); i++) {
            slow.add(preparation.prepare(large, true, ImagePreparationTest::admit));
        }
        await().until(() -> preparation.work() > 0);

        slow.forEach(image -> image.cancel(true));

        await().atMost(Duration.ofSeconds(5)).until(() -> preparation.work() == 0);
        assertThat(preparation
                        .prepare(png(SIDE), true, ImagePreparationTest::admit)
                        .get(20, TimeUnit.SECONDS))
                .isNotNull();
        await().until(() -> preparation.work() == 0);
    }

    @Test
    void refusesMoreWorkThanMayWait() throws Exception {
        ImagePreparation preparation = preparation(SIDE * SIDE, PLENTY);
        CompletableFuture<PreparedImage> first =
                preparation.prepare(progressive(MANY_SCANS), true, ImagePreparationTest::admit);
        await().until(() -> preparation.work() > 0);

        StageError refusal = refusal(preparation.prepare(png(SIDE), true, ImagePreparationTest::admit));

        assertThat(refusal.reason()).isEqualTo(ErrorReason.QUEUE_FULL);
        assertThat(refusal.retryAfter()).isNotNull();
        first.cancel(true);
        await().until(() -> preparation.work() == 0);
        assertThat(preparation
                        .prepare(png(SIDE), true, ImagePreparationTest::admit)
                        .get(20, TimeUnit.SECONDS))
                .isNotNull();
    }

    @Test
    void refusesAnImageThatItsMemoryCannotHold() throws Exception {
        ImagePreparation preparation = preparation(Long.MAX_VALUE, 32 << 20);

        StageError refusal = refusal(preparation.prepare(png(SIDE), true, ImagePreparationTest::admit));

        assertThat(refusal.reason()).isEqualTo(ErrorReason.IMAGE_TOO_MANY_PIXELS);
        assertThat(refusal.message()).contains("bytes of memory; at most");
        assertThat(preparation.work()).isZero();
        assertThat(preparation
                        .prepare(png(100), true, ImagePreparationTest::admit)
                        .get(20, TimeUnit.SECONDS))
                .isNotNull();
    }

    private ImagePreparation preparation(long maxWaitingPixels, long bytes) {
        ImageLimits limits = new ImageLimits(20 << 20, 300_000_000);
        ImagePreparation preparation = new ImagePreparation(limits, BUNDLE.pictures(), maxWaitingPixels, bytes);
        opened.add(preparation);
        return preparation;
    }

    private static StageError refusal(CompletableFuture<PreparedImage> image) {
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> image.get(20, TimeUnit.SECONDS));
        return StageError.of(failure.getCause()).orElseThrow();
    }

    private static byte[] png(int side) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY), "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }

    /** A progressive JPEG file whose last scan is repeated. */
    private static byte[] progressive(int scans) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.setOutput(ImageIO.createImageOutputStream(bytes));
        writer.write(
                null, new IIOImage(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB), null, null), parameters);
        writer.dispose();
        byte[] file = bytes.toByteArray();
        int scan = file.length - 2;
        while ((file[scan] & 0xff) != 0xff || (file[scan + 1] & 0xff) != 0xda) {
            scan--;
        }
        byte[] last = Arrays.copyOfRange(file, scan, file.length - 2);
        bytes.reset();
        bytes.write(file, 0, file.length - 2);
        for (int i = 0; i < scans; i++) {
            bytes.writeBytes(last);
        }
        bytes.write(0xff);
        bytes.write(0xd9);
        return bytes.toByteArray();
    }
}
