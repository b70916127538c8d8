package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Decodes the samples of a JPEG file with the JDK's libjpeg, even if other readers are registered in the JVM. Stops
 * when its thread is interrupted. Not thread-safe.
 */
final class JpegReader {

    private static final ImageReaderSpi LIBJPEG = libjpeg();

    /** Work between two looks at whether the thread is interrupted, in pixels. */
    private static final long WORK_BETWEEN_CHECKS = 20_000_000;

    private static final int LEAST_BYTES_AT_ONCE = 64;
    private static final int MOST_BYTES_AT_ONCE = 4096;

    private final int height;
    private final JpegScans scans;
    private final int bytesAtOnce;

    private int row;
    private boolean endsEarly;
    private int rowsBeforeEnd;

    /** @param work of the whole file, see {@link EncodedImage#work()} */
    JpegReader(int height, JpegScans scans, long work) {
        this.height = height;
        this.scans = scans;
        long bytes = scans.essence().length * WORK_BETWEEN_CHECKS / Math.max(1, work);
        this.bytesAtOnce = (int) Math.max(LEAST_BYTES_AT_ONCE, Math.min(MOST_BYTES_AT_ONCE, bytes));
    }

    private static ImageReaderSpi libjpeg() {
        Iterator<ImageReaderSpi> providers = IIORegistry.getDefaultInstance()
                .getServiceProviders(
                        ImageReaderSpi.class,
                        provider -> provider.getClass().getModule() == ImageIO.class.getModule()
                                && Arrays.asList(((ImageReaderSpi) provider).getFormatNames())
                                        .contains("jpeg"),
                        true);
        return providers.next();
    }

    /**
     * Reads the samples as they are stored, without any colour conversion.
     *
     * @return shape [height, width, components]
     * @throws ImageException        if the file is damaged, or data is missing
     * @throws CancellationException if the thread is interrupted
     */
    byte[] read() {
        try {
            ImageReader reader = LIBJPEG.createReaderInstance();
            try {
                reader.setInput(new Source(scans.essence()), true, true);
                reader.addIIOReadProgressListener(new Progress());
                reader.addIIOReadWarningListener((IIOReadWarningListener) this::warn);
                byte[] samples = ((DataBufferByte) reader.readRaster(0, null).getDataBuffer()).getData();
                Interruption.check();
                checkEnd();
                return samples;
            } finally {
                reader.dispose();
            }
        } catch (CancellationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            Interruption.check();
            throw e instanceof ImageException refusal ? refusal : ImageException.damaged(e);
        }
    }

    private void warn(ImageReader source, String warning) {
        if (!endsEarly && warning.toLowerCase(java.util.Locale.ROOT).contains("premature end")) {
            endsEarly = true;
            rowsBeforeEnd = row;
        }
    }

    /**
     * If data ends too early, libjpeg makes up the rest. That is accepted if the file is complete and less than half of
     * the picture is missing.
     */
    private void checkEnd() {
        boolean mostIsThere = scans.isEnded() && (scans.count() > 1 || rowsBeforeEnd >= height / 2);
        if (endsEarly && !mostIsThere) {
            throw ImageException.incomplete();
        }
    }

    /** Gives the file to libjpeg in small pieces, so that each piece causes little work. */
    private final class Source extends ImageInputStreamImpl {

        private final byte[] file;

        Source(byte[] file) {
            this.file = file;
        }

        @Override
        public int read() {
            bitOffset = 0;
            return streamPos < file.length ? file[(int) streamPos++] & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            Interruption.check();
            bitOffset = 0;
            int count = (int) Math.min(Math.min(length, bytesAtOnce), file.length - streamPos);
            if (count <= 0) {
                return -1;
            }
            System.arraycopy(file, (int) streamPos, target, offset, count);
            streamPos += count;
            return count;
        }

        @Override
        public long length() {
            return file.length;
        }
    }

    /** Called for each row; stops the reader if the thread is interrupted. */
    private final class Progress implements IIOReadProgressListener {

        @Override
        public void imageProgress(ImageReader source, float percentageDone) {
            row = Math.round(percentageDone / 100 * height);
            if (Thread.currentThread().isInterrupted()) {
                source.abort();
            }
        }

        @Override
        public void imageStarted(ImageReader source, int imageIndex) {}

        @Override
        public void imageComplete(ImageReader source) {}

        @Override
        public void readAborted(ImageReader source) {}

        @Override
        public void sequenceStarted(ImageReader source, int minIndex) {}

        @Override
        public void sequenceComplete(ImageReader source) {}

        @Override
        public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

        @Override
        public void thumbnailProgress(ImageReader source, float percentageDone) {}

        @Override
        public void thumbnailComplete(ImageReader source) {}
    }
}
