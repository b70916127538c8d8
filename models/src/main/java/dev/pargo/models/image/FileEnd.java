package dev.pargo.models.image;

import java.io.IOException;
import java.io.InputStream;

/**
 * What follows the last byte of a file: an error. The WebP reader takes an ordinary end for an endless run of bits, and
 * a damaged file keeps it busy for minutes.
 */
final class FileEnd extends InputStream {

    @Override
    public int read() throws IOException {
        throw new IOException("end of file");
    }
}
