package dev.pargo.models.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * One format's ImageIO reader, chosen by us: what else is registered in the JVM makes no difference. Files are read from
 * memory and never cached on disk.
 */
final class ImageIoReader {

    static final ImageIoReader PNG = new ImageIoReader(builtIn("png"));
    static final ImageIoReader JPEG = new ImageIoReader(builtIn("jpeg"));
    static final ImageIoReader GIF = new ImageIoReader(builtIn("gif"));
    static final ImageIoReader BMP = new ImageIoReader(builtIn("bmp"));

    private final ImageReaderSpi provider;

    private ImageIoReader(ImageReaderSpi provider) {
        this.provider = provider;
    }

    /** The JDK's own reader. */
    private static ImageReaderSpi builtIn(String format) {
        Iterator<ImageReaderSpi> providers = IIORegistry.getDefaultInstance()
                .getServiceProviders(
                        ImageReaderSpi.class,
                        provider -> provider.getClass().getModule() == ImageIO.class.getModule()
                                && Arrays.asList(((ImageReaderSpi) provider).getFormatNames())
                                        .contains(format),
                        true);
        return providers.next();
    }

    /** Reads the first image. */
    BufferedImage read(InputStream file) {
        return read(file, reader -> reader.read(0));
    }

    /** Reads the first image's samples as they are stored, without any colour conversion. */
    Raster readRaster(InputStream file) {
        return read(file, reader -> reader.readRaster(0, null));
    }

    private <T> T read(InputStream file, Decoding<T> decoding) {
        try {
            ImageReader reader = provider.createReaderInstance();
            try {
                reader.setInput(new MemoryCacheImageInputStream(file), true, true);
                return decoding.decode(reader);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            throw ImageException.damaged(e);
        }
    }

    @FunctionalInterface
    private interface Decoding<T> {
        T decode(ImageReader reader) throws IOException;
    }
}
