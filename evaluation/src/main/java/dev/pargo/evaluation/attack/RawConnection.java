package dev.pargo.evaluation.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A TCP connection that can violate HTTP. */
final class RawConnection implements AutoCloseable {

    /** The address of the attackers. It is not that of the other clients, so limits per address do not affect those. */
    static final String ATTACKER = "127.0.0.9";

    static final String BYSTANDER = "127.0.0.2";

    private static final int MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** An answer of an HTTP server. */
    record Reply(int status, String body) {}

    /**
     * Connects within 10 s.
     *
     * @param from loopback address to connect from, if the system has it
     */
    static RawConnection open(InetSocketAddress port, String from) throws IOException {
        Socket socket = new Socket();
        try {
            bind(socket, from);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(MILLIS);
            socket.connect(port, MILLIS);
            return new RawConnection(socket);
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    private static void bind(Socket socket, String from) {
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        } catch (IOException theSystemHasOneLoopbackAddress) {
            // The system does not have the address: use the default one.
        }
    }

    void write(String text) throws IOException {
        write(text.getBytes(UTF_8));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Closes the sending direction of the connection. */
    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Whether there is data to read, or the peer has closed. */
    boolean hasReply() throws IOException {
        return in.available() > 0;
    }

    /** Reads one byte; -1 at the end. */
    int read() throws IOException {
        return in.read();
    }

    /**
     * Reads one HTTP answer to its end. Interim responses (1xx), which a server may send before it, are skipped.
     *
     * @throws IOException if the connection ends before the end of the answer, or nothing arrives for 10 s
     */
    Reply readReply() throws IOException {
        String[] first = line().split(" ");
        if (first.length < 2 || !first[1].matches("\\d{3}")) {
            throw new IOException("no HTTP: " + String.join(" ", first));
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int status = Integer.parseInt(first[1]);
        return status < 200 ? readReply() : new Reply(status, new String(body(headers), UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(exactly(size));
                line();
            }
            line();
            return body.toByteArray();
        }
        String length = headers.get("content-length");
        return length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(ISO_8859_1);
    }
}
